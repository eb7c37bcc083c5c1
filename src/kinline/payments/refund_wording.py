"""What a refund says (MON-6): why it was made, where it goes, and where each payment of it is. Three tables."""

from collections.abc import Mapping
from types import MappingProxyType

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from kinline.core.money import dollars

REFUND_CAUSES: Mapping[str, str | Promise] = MappingProxyType(
    {
        "asked": _("You asked for it."),
        "gift_undone": _("A gift was taken back."),
        "closure": _("An account was closed."),
        "release": _("You left custody."),
        "inactive": _("The balance was not used for a long time."),
    }
)

_WHY_NOT: Mapping[str, str | Promise] = MappingProxyType(
    {
        "not_yours": _("You cannot ask for money from this balance."),
        "empty": _("There is no unused money in this balance."),
        "held": _(
            "All the money is reserved just now, by letters that wait or by a call. What is not used comes back."
        ),
    }
)

_GOES_TO: Mapping[str, str | Promise] = MappingProxyType(
    {
        "card": _("%(amount)s to the card that paid: %(label)s"),
        "card_unnamed": _("%(amount)s to the card that paid"),
        "card_others": _("%(amount)s to the card of another person who paid it in"),
        "cheque": _("%(amount)s by cheque, to the address in your account"),
        "cheque_others": _("%(amount)s by cheque, to another person who paid it in"),
        "pay_out": _("%(amount)s to you: the facility's finance staff pay it out"),
    }
)

_CAME_BACK = _("The payment came back to us. Ask the facility's finance staff about it.")

# (state, way) or (state, "") for every other way.
_PAY_OUTS: Mapping[tuple[str, str], str | Promise] = MappingProxyType(
    {
        ("waiting", "card"): _("It is being sent to the card. This takes a minute or so."),
        ("waiting", "cheque"): _("It is on the list of cheques. Finance staff send it to the address in the account."),
        ("waiting", "no_address"): _("A cheque waits until we know an address to send it to."),
        ("waiting", ""): _("It is on the pay-out list. The facility's finance staff pay it."),
        ("sent", "card"): _("The card's bank has it. Most banks show it within 10 days."),
        ("paid", "card"): _("Sent to the card. Most banks show it within 10 days."),
        ("paid", "cheque"): _("The cheque was sent."),
        ("paid", "trust"): _("It was paid into the trust account."),
        ("paid", "release_card"): _("It was paid to a release card."),
        ("paid", "cash"): _("It was paid in cash."),
        ("failed", "card"): _("The card could not take it, so a cheque is sent instead."),
        ("returned", ""): _("The payment came back to us. Correct the address in your account, and we send it again."),
        ("returned", "trust"): _CAME_BACK,
        ("returned", "release_card"): _CAME_BACK,
        ("unclaimed", ""): _("It could not be delivered for a long time, so it is kept for you as unclaimed property."),
        ("remitted", ""): _("It was handed to the state as unclaimed property. Ask the state's office for it."),
        ("recalled", ""): _("The bank of the card took this payment back itself, so there was nothing left to send."),
    }
)


def refund_cause(cause: str) -> str:
    return str(REFUND_CAUSES[cause])


def refund_why_not(code: str) -> str:
    return str(_WHY_NOT[code])


def goes_to(way: str, cents: int, label: str, *, mine: bool) -> str:
    """Where a part of a refund would go, in the current language. `way`: `card`, `cheque`, `pay_out`."""
    key = way if mine else f"{way}_others"
    if key == "card" and not label:
        key = "card_unnamed"
    return str(_GOES_TO[key]) % {"amount": dollars(cents), "label": label}


def pay_out_sentence(state: str, way: str, *, has_address: bool = True) -> str:
    """Where one payment of a refund is, and what comes next, in the current language."""
    about = "no_address" if way == "cheque" and not has_address else way
    return str(_PAY_OUTS.get((state, about)) or _PAY_OUTS.get((state, way)) or _PAY_OUTS[state, ""])
