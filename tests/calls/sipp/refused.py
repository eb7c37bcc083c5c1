"""Calls that may not be placed: each refusal of TEL-3 once, spoken to whoever calls, written down, and free."""

from dataclasses import replace
from typing import Any

from tests.calls.sipp.circumstances import SPEED
from tests.calls.sipp.scenario import Steps, Telephone
from tests.calls.sipp.scenes import PIN, WRONG_PIN, Scene, Voices, cancels, is_refused, keys_in

WRONG_TRIES = 5  # then a PIN is locked
NUMBER = "{id}*{pin}*{number}"


def no(name: str, result: str, *, code: int = 403, dials: str = NUMBER, **more: Any) -> Scene:
    """Dialled at once, and refused."""
    return Scene(name, is_refused(code, speaks=False), result=result, by="system", dials=dials, **more)


def keyed(name: str, result: str, keys: str, **more: Any) -> Scene:
    """Keyed in at the telephone, which is hung up when the caller has heard why not."""
    return Scene(name, keys_in(), result=result, by="system", dials="9000", keys=keys, **more)


def tries_wrong_pins(one: Telephone, voice: Voices) -> Steps:
    """As often as anybody may, and then the right one, which is too late."""
    right = replace(one, user=one.user.replace(f"*{WRONG_PIN}*", f"*{PIN}*"))
    return "".join(each.dials() + each.is_refused(403) for each in [one] * WRONG_TRIES + [right])


def says_another_password(one: Telephone) -> Telephone:
    return replace(one, password="not" + one.password)


MENU = "1 {id}# {pin}# {number}#"

REFUSED = (
    # Who calls
    no("calls are not offered", "not_offered", at="not offered"),
    no("nobody has this ID", "wrong_pin", dials="99999*{pin}*{number}"),
    Scene(
        "wrong PIN six times", tries_wrong_pins, result="pin_locked", by="system", pin_says=WRONG_PIN,
        before=("wrong_pin",) * (WRONG_TRIES - 1) + ("pin_locked",), everywhere=True,
    ),
    keyed(
        "wrong PIN three times in one call", "wrong_pin",
        "1 {id}# {wrong}# {number}# ............ {wrong}# ............ {wrong}#", before=("wrong_pin",) * 2,
    ),
    no("not in custody", "not_in_custody", given="released"),
    no("restricted", "restricted", given="restricted"),
    no("suspended", "suspended", given="suspended"),
    # When
    no("facility locked down", "lockdown", at="locked down", everywhere=True),
    no("unit locked down", "lockdown", at="unit locked down"),
    no("blacked out", "blackout", at="blacked out"),
    no("closed at this hour", "closed_hours", at="closed"),
    # Whom
    no("nothing dialled", "nothing_dialled", dials="{id}*{pin}*"),
    no("star and pound", "no_number", code=404, dials="{id}*{pin}*%23"),
    no("two digits that dial nobody", "no_number", code=404, dials="{id}*{pin}*" + SPEED * 2),
    no("plus, and Cuba", "no_number", code=404, dials="{id}*{pin}*+5372077777"),
    no("emergency with a line", "emergency_number", dials="{id}*{pin}*9911"),
    no("N11", "service_number", dials="{id}*{pin}*211", everywhere=True),
    no("operator", "service_number", dials="{id}*{pin}*0"),
    no("directory", "directory_number", dials="{id}*{pin}*411"),
    no("toll free", "toll_free_number", dials="{id}*{pin}*8005550142"),
    no("exchange 976", "premium_number", dials="{id}*{pin}*8139760142"),
    no("personal number", "personal_number", dials="{id}*{pin}*7005550142"),
    no("dial around", "dial_around", dials="{id}*{pin}*10102888135550142"),
    no("Jamaica", "place_not_allowed", dials="{id}*{pin}*8765550142"),
    no("no price there", "no_rate", dials="{id}*{pin}*4165550142", at="calls Canada"),
    no("blocked by the place", "blocked_number", given="blocked by the place"),
    no("blocked by its beginning", "blocked_number", at="blocks a beginning"),
    no("blocked by the called", "blocked_by_called_party", code=603, given="blocked by the called"),
    no("blocked by a family member", "contact_blocked", code=502, given="blocked by family"),
    no("not on the list", "not_on_list", at="with lists"),
    no("asked for, and not decided", "not_on_list", at="with lists", given="asked for"),
    # With what
    no("debit alone, and none of it", "no_money", at="debit"),
    # Keyed in: spoken on an answered line
    keyed("refused in Spanish", "not_on_list", "2 {id}# {pin}# {number}#", at="with lists", language="es"),
    keyed("emergency keyed in", "emergency_number", "1 {id}# {pin}# 911#", everywhere=True),
    keyed("closed, keyed in", "closed_hours", MENU, at="closed"),
    keyed("no money, keyed in", "no_money", MENU, cents=0, at="no courtesy"),
    Scene("nothing keyed", keys_in(), dials="9000", hears="refused.nobody_keyed"),
    # The caller does not stay to hear it
    Scene(
        "cancels while it is refused", cancels(0.8), result="wrong_pin", by="system", pin_says=WRONG_PIN, hears="",
    ),
    # Not a telephone of ours
    Scene(
        "wrong password",
        lambda one, voice: (other := says_another_password(one)).dials() + other.is_refused(403),
        hears="",
    ),
    Scene("registers", lambda one, voice: one.registers(200)),
    Scene(
        "registers with another password", lambda one, voice: says_another_password(one).registers(403),
    ),
)  # fmt: skip
