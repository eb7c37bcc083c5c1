"""Every refusal of TEL-3: heard, coded with all its reasons in the record, and nothing is set aside or begun."""

from collections.abc import Callable
from datetime import datetime, time, timedelta

import pytest
from tests.calls.line import NUMBER, PIN, PPC, Line, codes, held_beside, purse

from kinline.contacts.models import Contact, Restriction
from kinline.core.models import AuditEvent
from kinline.core.parties import FAMILY, Party
from kinline.facilities.models import Facility
from kinline.flows import contacts, custody
from kinline.flows.authorise_call import CallIdTaken
from kinline.flows.call_terms import terms
from kinline.identity.models import User
from kinline.identity.services import attempts
from kinline.ledger import chart
from kinline.payments.services import numbers
from kinline.residents import services as residents
from kinline.residents.models import Pin, Resident
from kinline.telephony import resident_wording
from kinline.telephony.models import (
    AllowedNumber,
    Call,
    CallLimits,
    Cdr,
    KnownNumber,
    LineHours,
    LineStop,
    NumberBlock,
    Station,
    Switch,
    TelephoneSettings,
)
from kinline.telephony.queries import switches

pytestmark = pytest.mark.django_db(transaction=True)
Change = Callable[[Line, Resident, User], object]


def offered(line: Line, on: bool) -> None:
    place = line.station.facility
    place.calls_offered = on
    place.save()
    line.station.facility.refresh_from_db()


def stop(line: Line, admin: User, kind: str, **more: object) -> None:
    LineStop.objects.create(
        facility=line.station.facility, kind=kind, reason="Sample.", starts_at=line.now - timedelta(minutes=1),
        made_by=admin, made_at=line.now, **more,
    )  # fmt: skip


def block(line: Line, by: str, number: str = NUMBER) -> None:
    place = None if by == "called_party" else line.station.facility
    NumberBlock.objects.create(
        facility=place, number=number, is_prefix=number != NUMBER, by=by, note="Sample.", made_at=line.now
    )


def closed(line: Line) -> None:
    """Open for an hour that is over."""
    of_place = CallLimits.objects.get(unit=None, resident=None, number="")
    local = line.now.hour
    LineHours.objects.create(
        limits=of_place, days="0123456", opens=time((local + 8) % 24), closes=time((local + 9) % 24)
    )


def limits(**changed: object) -> None:
    CallLimits.objects.filter(unit=None, resident=None, number="").update(**changed)


def keep_apart(line: Line, resident: Resident | None, admin: User, *, user: User | None = None) -> None:
    Restriction.objects.create(
        facility=line.station.facility, resident=resident, user=user, reason="Sample.", created_by=admin,
        starts_at=line.now - timedelta(minutes=1), ends_at=line.now + timedelta(days=1), created_at=line.now,
    )  # fmt: skip


# code → what makes it so
REFUSALS: dict[str, Change] = {
    "not_offered": lambda line, _resident, _admin: offered(line, on=False),
    "pin_locked": lambda line, _resident, _admin: Pin.objects.update(locked_at=line.now, wrong_tries=5),
    "not_in_custody": lambda line, resident, admin: custody.release_resident(
        staff=admin, resident_id=resident.pk, now=line.now
    ),
    "already_calling": lambda line, resident, _admin: line.ask(resident),
    "restricted": keep_apart,
    "blocked_number": lambda line, _resident, _admin: block(line, "facility"),
    "blocked_by_called_party": lambda line, _resident, _admin: block(line, "called_party"),
    "not_on_list": lambda _line, _resident, _admin: TelephoneSettings.objects.update(lists_numbers=True),
    "place_not_allowed": lambda _line, _resident, _admin: TelephoneSettings.objects.update(places=["canada"]),
    "lockdown": lambda line, _resident, admin: stop(line, admin, "lockdown"),
    "blackout": lambda line, _resident, admin: stop(line, admin, "blackout"),
    "suspended": lambda line, resident, admin: stop(line, admin, "suspended", resident=resident),
    "closed_hours": lambda line, _resident, _admin: closed(line),
    "quota_used": lambda line, resident, _admin: (line.talk(resident, 1), limits(calls_a_day=1)),
    "too_soon": lambda line, resident, _admin: (line.talk(resident, 1), limits(pause_seconds=600)),
}
KEYED = {
    "": "nothing_dialled", "*#": "no_number", "123": "no_number", "8" * 15: "no_number", "8135550142" * 2: "no_number",
    "911": "emergency_number", "9911": "emergency_number", "0": "service_number", "211": "service_number",
    "411": "directory_number", "8135551212": "directory_number", "9005550142": "premium_number",
    "8139765555": "premium_number", "8005550100": "toll_free_number", "7005550100": "personal_number",
    "10103218135550142": "dial_around", "0115352123456": "place_not_allowed", "8765550142": "place_not_allowed",
    "4165550142": "place_not_allowed",
}  # fmt: skip


def refused(line: Line, resident: Resident | None, code: str, **more: object) -> Cdr:
    """Asks, and proves that it was refused with `code`, heard and written down, and that nothing else happened."""
    calls, before = Call.objects.filter(ended_at=None).count(), purse(PPC)
    answer = line.ask(resident, **more)  # type: ignore[arg-type]  # the keywords of `ask`
    found, told = codes(answer), terms(answer)
    assert code in found
    assert (told.allowed, told.seconds, told.number, told.hold_cents) == (False, 0, "", 0)
    assert told.refusal == ((f"refused.{found[0]}", ""),)
    written = Cdr.objects.get(call=answer.call)
    assert (written.result, written.reasons, written.cents, written.accepted_at) == (found[0], found, 0, None)
    assert (Call.objects.filter(ended_at=None).count(), purse(PPC)) == (calls, before)
    assert PIN not in words_of(written) + str(answer.call.facts)
    return written


def words_of(row: Cdr) -> str:
    """Its words: a number or a moment may have the digits of a PIN by itself."""
    values = Cdr.objects.filter(pk=row.pk).values().get()
    return str([value for value in values.values() if isinstance(value, str | list | dict)])


@pytest.mark.parametrize("code", set(REFUSALS))
def test_tel_3_each_refusal(line: Line, resident: Resident, admin: User, code: str) -> None:
    line.put(PPC, 1000)
    REFUSALS[code](line, resident, admin)
    refused(line, resident, code)


@pytest.mark.parametrize(("keys", "code"), KEYED.items())
def test_tel_3_t2_what_can_never_be_called(line: Line, resident: Resident, keys: str, code: str) -> None:
    line.put(PPC, 1000)
    refused(line, resident, code, keys=keys)


def test_tel_3_wrong_pin_and_wrong_id(line: Line, resident: Resident, outsider: Resident) -> None:
    line.put(PPC, 1000)
    refused(line, resident, "wrong_pin", pin="9999")
    resident.number = "7777777"
    refused(line, resident, "wrong_pin")
    refused(line, None, "wrong_pin", pin="")


def test_tel_3_no_money_is_not_money_in_use(line: Line, resident: Resident, long_ago: datetime) -> None:
    refused(line, resident, "no_money")
    line.put(PPC, 10)
    refused(line, resident, "no_money")
    line.put(PPC, 1)
    other = held_beside(resident, line.station.facility, "1077", long_ago)
    assert line.ask(other).decision.hold_cents == 11
    refused(line, resident, "money_in_use")


def test_tel_3_without_a_price_nobody_calls(line: Line, resident: Resident) -> None:
    """No plan has begun: in doubt it says no."""
    line.put(PPC, 1000)
    line.wait(days=-40)
    refused(line, resident, "no_rate")


def test_tel_3_all_reasons_are_kept_and_the_first_is_heard(line: Line, resident: Resident, admin: User) -> None:
    stop(line, admin, "lockdown")
    block(line, "facility", "+1813")
    closed(line)
    written = refused(line, resident, "wrong_pin", pin="9999")
    assert written.reasons == ["wrong_pin", "blocked_number", "lockdown", "closed_hours"]


def test_tel_3_a_lockdown_of_a_unit_closes_no_other(line: Line, resident: Resident, admin: User) -> None:
    line.put(PPC, 1000)
    other = line.station.facility.units.create(name="Z")
    stop(line, admin, "lockdown", unit=other)
    assert line.ask(resident).decision.allowed


def test_tel_3_what_was_stopped_opens_by_itself(line: Line, resident: Resident, admin: User) -> None:
    line.put(PPC, 1000)
    stop(line, admin, "suspended", resident=resident, ends_at=line.now + timedelta(minutes=5))
    refused(line, resident, "suspended")
    line.wait(minutes=6)
    assert line.ask(resident).decision.allowed


def test_t10_a_number_on_the_list_may_be_called(line: Line, resident: Resident) -> None:
    line.put(PPC, 1000)
    TelephoneSettings.objects.update(lists_numbers=True)
    listed = AllowedNumber.objects.create(resident=resident, number=NUMBER, name="Sample", asked_at=line.now)
    refused(line, resident, "not_on_list")
    AllowedNumber.objects.filter(pk=listed.pk).update(approved=True, decided_at=line.now)
    assert line.ask(resident).decision.allowed


# CON-3: no contact


def proved(user: User, now: datetime) -> None:
    numbers.hold_number(number_id=numbers.known(NUMBER, now=now).pk, user_id=user.pk, by="code", now=now)


@pytest.mark.parametrize("whom", ["pair", "person", "somebody else"])
def test_con_3_a_restricted_persons_number_is_not_called(
    line: Line, resident: Resident, mother: User, stranger: User, admin: User, whom: str
) -> None:
    line.put(PPC, 1000)
    proved(mother, line.now)
    user, who = {"pair": (mother, resident), "person": (mother, None), "somebody else": (stranger, resident)}[whom]
    keep_apart(line, who, admin, user=user)
    if whom == "somebody else":
        assert line.ask(resident).decision.allowed
        return
    refused(line, resident, "restricted")
    line.wait(days=2)
    assert line.ask(resident).decision.allowed


def test_con_3_nobody_is_kept_from_counsel(line: Line, resident: Resident, admin: User) -> None:
    line.put(PPC, 1000)
    keep_apart(line, resident, admin)
    KnownNumber.objects.create(agency=line.station.facility.agency, number=NUMBER, privileged_since=line.now)
    assert line.ask(resident).decision.allowed


def test_con_3_whom_a_family_member_blocks_does_not_reach_the_number_that_they_proved(
    line: Line, resident: Resident, mother: User, contact: Contact, north: Facility, now: datetime
) -> None:
    """Silently: the resident hears what is said of any number that cannot be reached; staff read the code."""
    line.put(PPC, 1000)
    other = held_beside(resident, north, "1002", now)
    contacts.block(Party(FAMILY, mother.pk), contact_id=contact.pk, now=now)
    assert line.ask(resident).decision.allowed, "nobody knows yet whose number it is"
    line.end(Call.objects.get(ended_at=None), 0)
    proved(mother, line.now)
    refused(line, resident, "contact_blocked")
    assert resident_wording.refusals(["contact_blocked"]) == resident_wording.refusals(["unreachable"])
    answer = line.ask(other)
    assert answer.decision.allowed, "another resident is not meant"
    line.end(answer.call, 0)
    contacts.unblock(Party(FAMILY, mother.pk), contact_id=contact.pk, now=now)
    assert line.ask(resident).decision.allowed


def test_con_5_the_number_that_a_verified_attorney_proved_is_as_confidential_as_their_letters(
    line: Line, resident: Resident, mother: User, contact: Contact, north: Facility, now: datetime
) -> None:
    line.put(PPC, 1000)
    TelephoneSettings.objects.update(records=True, lists_numbers=True)
    proved(mother, line.now)
    refused(line, resident, "not_on_list")
    Contact.objects.filter(pk=contact.pk).update(kind="privileged")
    answer = line.ask(resident)
    assert (answer.decision.allowed, answer.decision.record, answer.call.facts["privileged"]) == (True, False, True)
    line.accept(answer.call)
    assert line.end(answer.call, 60_000).recording == "privileged"
    refused(line, held_beside(resident, north, "1002", now), "not_on_list")  # whom they do not represent
    Contact.objects.update(privilege_ended_at=line.now)
    refused(line, resident, "not_on_list")


# TEL-12: passcodes


@pytest.fixture
def passcode(line: Line, resident: Resident, admin: User) -> str:
    line.put(PPC, 1000)
    TelephoneSettings.objects.update(asks="pin")
    return custody.give_pin(staff=admin, resident_id=resident.pk, now=line.now)


def test_tel_12_an_issued_passcode_says_who_calls(line: Line, resident: Resident, passcode: str) -> None:
    answer = line.ask(None, pin=passcode)
    assert (answer.decision.allowed, answer.call.resident) == (True, resident)
    assert passcode not in str(Pin.objects.values().get())


def test_tel_12_a_chosen_passcode_needs_the_id(line: Line, resident: Resident, passcode: str) -> None:
    with pytest.raises(residents.PinIssued):
        residents.change_pin(resident_id=resident.pk, old=passcode, new="4826", now=line.now)
    residents.set_pin(resident_id=resident.pk, pin="4826", must_change=False, now=line.now)
    refused(line, None, "wrong_pin", pin="4826")
    refused(line, None, "wrong_pin", pin=passcode)


def test_tel_12_wrong_passcodes_close_the_telephone_for_a_while(line: Line, passcode: str, long_ago: datetime) -> None:
    for _ in range(10):
        refused(line, None, "wrong_pin", pin="0000")
    refused(line, None, "pin_locked", pin=passcode)
    line.wait(minutes=16)
    assert line.ask(None, pin=passcode).decision.allowed


def test_tel_12_whose_passcode_is_known_elsewhere_is_refused_and_reported(
    line: Line, resident: Resident, admin: User, passcode: str
) -> None:
    custody.release_resident(staff=admin, resident_id=resident.pk, now=line.now)
    refused(line, None, "not_in_custody", pin=passcode)
    assert AuditEvent.objects.get(act="pin.not_in_custody").object == f"station:{line.station.pk}"
    assert attempts.count("passcode", line.station.pk, line.now) == 0


def test_tel_12_no_two_have_one_passcode(line: Line, resident: Resident, passcode: str, long_ago: datetime) -> None:
    other = held_beside(resident, line.station.facility, "1077", long_ago)
    found = {residents.issue_passcode(resident_id=one.pk, now=line.now) for one in (resident, other)}
    assert len(found) == 2
    assert Pin.objects.exclude(alone=None).count() == 2


@pytest.mark.parametrize(("asks", "said"), [("nothing", False), ("id", True)])
def test_tel_12_a_place_may_ask_for_less(line: Line, resident: Resident, asks: str, said: bool) -> None:
    line.put(PPC, 1000)
    TelephoneSettings.objects.update(asks=asks)
    answer = line.ask(resident, pin="")
    assert (answer.decision.allowed, answer.call.resident is not None) == (True, said)


# Whose key it is


def test_an_id_of_another_switchs_call_is_refused(line: Line, resident: Resident) -> None:
    line.put(PPC, 1000)
    call = line.ask(resident).call
    line.switch = Switch.objects.create(name="second", token_digest=b"2" * 32, created_at=line.now)
    with pytest.raises(CallIdTaken):
        line.ask(None, key=call.key)
    assert Call.objects.count() == 1


def test_a_call_nobody_told_of_keeps_nobody_from_the_next(line: Line, resident: Resident) -> None:
    """The sweeper comes every quarter of a minute; who lifts the receiver before it does not wait for it."""
    line.put(PPC, 1000)
    line.ask(resident)
    line.wait(seconds=31)
    assert line.ask(resident).decision.allowed
    assert purse(PPC) == (1000, 165)
    assert Cdr.objects.get().reasons == ["switch_lost"]


# L8: those who leave


@pytest.mark.parametrize("how", ["release", "transfer"])
def test_l8_who_leaves_is_in_no_call_any_more(
    line: Line, resident: Resident, admin: User, south: object, how: str
) -> None:
    own = chart.resident_calls(resident.pk)
    line.put(own, 1000)
    call = line.ask(resident).call
    line.accept(call)
    if how == "release":
        custody.release_resident(staff=admin, resident_id=resident.pk, now=line.now)
    else:
        custody.transfer_resident(staff=None, resident_id=resident.pk, facility_id=south.pk, now=line.now)  # type: ignore[attr-defined]
    call.refresh_from_db()
    assert call.end_asked == how
    assert line.end(call, 61_000, how).cents == 11
    assert purse(own) == (989, 0)
    refused(line, resident, "not_in_custody")


# TEL-13, T18: one courtesy


def test_tel_13_one_courtesy_call_a_number_and_no_money_is_touched(line: Line, resident: Resident) -> None:
    TelephoneSettings.objects.update(courtesy_seconds=60)
    line.put(PPC, 5)
    first = line.ask(resident).call
    assert (first.call_type, first.hold_id, first.seconds) == ("courtesy", None, 60)
    line.end(first, 0, "no_answer")
    written = line.talk(resident, 60)
    assert (written.call_type, written.cents, written.seconds) == ("courtesy", 0, 60)
    assert purse(PPC) == (5, 0)
    refused(line, resident, "no_money")


def test_tel_13_money_in_use_is_no_reason_for_a_courtesy(line: Line, resident: Resident, long_ago: datetime) -> None:
    TelephoneSettings.objects.update(courtesy_seconds=60)
    line.put(PPC, 20)
    other = held_beside(resident, line.station.facility, "1077", long_ago)
    assert line.ask(other).decision.hold_cents == 20
    refused(line, resident, "money_in_use")


def test_a_telephone_that_was_taken_away_is_unknown(line: Line, now: datetime) -> None:
    assert switches.station_of(line.switch, line.station.username) == line.station
    Station.objects.update(disabled_at=now)
    assert switches.station_of(line.switch, line.station.username) is None
