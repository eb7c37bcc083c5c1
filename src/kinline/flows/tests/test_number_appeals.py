"""T10: both sides read why a number was denied and may appeal; whoever holds a number may have it taken off a list."""

from collections.abc import Callable
from datetime import timedelta

import pytest
from django.db import IntegrityError, transaction
from django.test import Client

from kinline.core.errors import Refusal
from kinline.core.models import AuditEvent
from kinline.facilities.models import Facility
from kinline.flows import allowed_numbers, number_appeals, numbers
from kinline.identity.models import User
from kinline.identity.permissions import NotPermitted
from kinline.notices.models import Notice
from kinline.payments.services import numbers as held
from kinline.residents.models import Resident
from kinline.telephony import errors
from kinline.telephony.models import AllowedNumber, NumberAppeal, SpeedDial, TelephoneSettings

pytestmark = pytest.mark.django_db(transaction=True)
NUMBER = "+18135550142"


@pytest.fixture
def row(resident: Resident, north: Facility, now) -> AllowedNumber:
    """What the resident asks for, at a place that keeps lists."""
    TelephoneSettings.objects.create(facility=north, lists_numbers=True, places=["domestic"], payers=["pin_debit"])
    return AllowedNumber.objects.create(resident=resident, number=NUMBER, name="Marta", asked_at=now)


@pytest.fixture
def mine(mother: User, now) -> int:
    """The mother's listing of that number, which she proved."""
    listed = numbers.list_number(mother, number=NUMBER, now=now)
    held.hold_number(number_id=held.known(NUMBER, now=now).pk, user_id=mother.pk, by="code", now=now)
    return listed


@pytest.fixture
def decide(row: AllowedNumber, officer: User, north: Facility, now) -> Callable[..., None]:
    def decided(*, approved: bool, seen: str = "asked", staff: User = officer) -> None:
        reason = "" if approved else "Not verified."
        allowed_numbers.decide(
            staff=staff, facility_id=north.pk, listed_id=row.pk, approved=approved, reason=reason, seen=seen, now=now
        )
        row.refresh_from_db()

    return decided


def file(row: AllowedNumber, place: Facility, now, text: str = "She is my mother.") -> None:
    number_appeals.file(resident_id=row.resident_id, facility=place, listed_id=row.pk, text=text, now=now)


def told(**who: object) -> list[str]:
    return list(Notice.objects.filter(**who).order_by("pk").values_list("kind", flat=True))


def acts() -> list[str]:
    return list(AuditEvent.objects.filter(act__startswith="number.").order_by("pk").values_list("act", flat=True))


def test_a_denial_is_told_to_both_with_its_reason_and_its_appeal(row, decide, mine, mother, resident, north) -> None:
    decide(approved=False)
    assert told(resident=resident) == ["number_denied"]
    notice = Notice.objects.get(user=mother, kind="number_not_on_list")
    assert (notice.params["reason"], notice.params["facility"]) == ("Not verified.", north.name)
    assert notice.params["other_name"] == "Daniel Sample"
    assert notice.params["until_on"]


def test_an_approval_is_told_to_who_holds_the_number_and_to_nobody_else(row, decide, mine, mother, stranger) -> None:
    decide(approved=True)
    assert told(user=mother)[-1] == "number_on_list"
    assert told(user=stranger) == []


def test_the_resident_appeals_and_somebody_else_approves(
    row, decide, mine, mother, resident, supervisor, north, now
) -> None:
    decide(approved=False)
    file(row, north, now)
    assert told(resident=resident)[-1] == "number_appeal_filed"
    number_appeals.decide(
        staff=supervisor, facility_id=north.pk, listed_id=row.pk, granted=True, answer="Verified.", now=now
    )
    row.refresh_from_db()
    assert (row.approved, row.decided_by) == (True, supervisor)
    assert told(resident=resident)[-1] == "number_appeal_granted"
    assert told(user=mother)[-1] == "number_appeal_granted"
    assert acts()[-2:] == ["number.appeal", "number.appeal_grant"]


def test_what_is_left_denied_is_answered_and_can_be_appealed_once(row, decide, supervisor, north, now) -> None:
    decide(approved=False)
    file(row, north, now)
    with pytest.raises(errors.AppealedAlready):
        file(row, north, now)
    number_appeals.decide(
        staff=supervisor, facility_id=north.pk, listed_id=row.pk, granted=False, answer="No.", now=now
    )
    row.refresh_from_db()
    assert row.approved is False
    with pytest.raises(errors.AppealedAlready):
        file(row, north, now)
    with pytest.raises(errors.NoNumberAppeal):
        number_appeals.decide(
            staff=supervisor, facility_id=north.pk, listed_id=row.pk, granted=True, answer="Yes.", now=now
        )
    row.refresh_from_db()
    assert (row.approved, NumberAppeal.objects.count()) == (False, 1)


def test_whoever_denied_decides_no_appeal_and_the_database_says_so(
    row, decide, supervisor, officer, north, now
) -> None:
    decide(approved=False, staff=supervisor)
    file(row, north, now)
    with pytest.raises(errors.NotYourDenial):
        number_appeals.decide(
            staff=supervisor, facility_id=north.pk, listed_id=row.pk, granted=True, answer="Mine.", now=now
        )
    with pytest.raises(NotPermitted):
        number_appeals.decide(
            staff=officer, facility_id=north.pk, listed_id=row.pk, granted=True, answer="No right.", now=now
        )
    one = NumberAppeal.objects.get()
    whole = {"decided_at": now, "granted": True, "answer": "Mine."}
    with pytest.raises(IntegrityError, match="number_appeal_decided_by_another"), transaction.atomic():
        NumberAppeal.objects.filter(pk=one.pk).update(decided_by=supervisor, **whole)
    with pytest.raises(IntegrityError, match="never rewritten"), transaction.atomic():
        NumberAppeal.objects.filter(pk=one.pk).update(denied_by=officer)
    with pytest.raises(IntegrityError, match="was not denied so"), transaction.atomic():
        NumberAppeal.objects.create(
            listed=row, text="Another denier.", denied_at=row.decided_at, denied_by=officer, denied_reason="x",
            made_at=now, user=officer,
        )  # fmt: skip
    row.refresh_from_db()
    assert (row.approved, NumberAppeal.objects.filter(decided_at=None).count()) == (False, 1)


def test_while_an_appeal_waits_nobody_decides_beside_it(row, decide, officer, north, now) -> None:
    decide(approved=False)
    file(row, north, now)
    with pytest.raises(errors.NumberAppealWaits):
        decide(approved=True, seen="denied")
    row.refresh_from_db()
    assert row.approved is False


def test_fifteen_days_by_the_places_calendar(row, decide, north, now) -> None:
    decide(approved=False)
    with pytest.raises(errors.NumberAppealTooLate):
        file(row, north, now + timedelta(days=17))
    assert not NumberAppeal.objects.exists()
    file(row, north, now + timedelta(days=15))


@pytest.mark.parametrize("text", ["", "  \n "])
def test_an_appeal_says_something(row, decide, north, now, text) -> None:
    decide(approved=False)
    with pytest.raises(errors.NumberAppealEmpty):
        file(row, north, now, text)
    assert not NumberAppeal.objects.exists()


def test_nobody_appeals_what_is_not_theirs_or_not_denied(
    row, decide, resident_south, south, stranger, mine, now
) -> None:
    with pytest.raises(errors.NotDenied):
        file(row, row.resident.custodies.get().facility, now)
    decide(approved=False)
    with pytest.raises(errors.NotOnList):
        number_appeals.file(resident_id=resident_south.pk, facility=south, listed_id=row.pk, text="Mine?", now=now)
    theirs = numbers.list_number(stranger, number=NUMBER, now=now)
    for act in (number_appeals.take_off, number_appeals.let_again):
        with pytest.raises(Refusal):
            act(stranger, number_listed_id=theirs, listed_id=row.pk, now=now)
    with pytest.raises(Refusal):
        number_appeals.file_as_holder(stranger, number_listed_id=theirs, listed_id=row.pk, text="I?", now=now)
    assert not NumberAppeal.objects.exists()


def test_who_holds_the_number_appeals_too_and_one_answer_is_for_both(
    row, decide, mine, mother, resident, supervisor, north, now
) -> None:
    decide(approved=False)
    file(row, north, now)
    number_appeals.file_as_holder(mother, number_listed_id=mine, listed_id=row.pk, text="He is my son.", now=now)
    number_appeals.decide(
        staff=supervisor, facility_id=north.pk, listed_id=row.pk, granted=True, answer="Yes.", now=now
    )
    assert NumberAppeal.objects.filter(granted=True).count() == 2
    assert told(user=mother)[-1] == told(resident=resident)[-1] == "number_appeal_granted"


def test_who_holds_the_number_takes_it_off_and_staff_cannot_put_it_back(
    row, decide, mine, mother, resident, north, now
) -> None:
    decide(approved=True)
    SpeedDial.objects.create(resident=resident, keys="3", number=NUMBER)
    number_appeals.take_off(mother, number_listed_id=mine, listed_id=row.pk, now=now)
    row.refresh_from_db()
    assert (row.approved, row.decided_by, SpeedDial.objects.count()) == (False, None, 0)
    assert told(resident=resident)[-1] == "number_taken_off"
    with pytest.raises(errors.HolderSaysNo):
        decide(approved=True, seen="denied")
    with pytest.raises(errors.NotDenied):
        file(row, north, now)
    number_appeals.let_again(mother, number_listed_id=mine, listed_id=row.pk, now=now)
    decide(approved=True)
    assert row.approved
    assert acts()[-3:] == ["number.take_off", "number.let_again", "number.approve"]


def test_the_kiosk_shows_why_and_takes_the_appeal(row, decide, kiosk_client, resident) -> None:
    kiosk: Client = kiosk_client(resident)
    path = f"/kiosk/phone/numbers/{row.pk}/"
    assert "appeal/" not in kiosk.get(path).content.decode()
    decide(approved=False)
    page = kiosk.get(path).content.decode()
    assert "Not verified." in page
    assert f"{path}appeal/" in page
    assert kiosk.post(f"{path}appeal/", {"text": " "}).status_code == 422
    assert not NumberAppeal.objects.exists()
    assert kiosk.post(f"{path}appeal/", {"text": "She is my mother."}).status_code == 303
    assert NumberAppeal.objects.get().text == "She is my mother."
    page = kiosk.get(path).content.decode()
    assert "The answer comes here." in page
    assert f"{path}appeal/" not in page


def test_staff_read_the_appeal_and_decide_it_on_the_page_of_the_number(
    row, decide, staff_client, officer, supervisor, north, now
) -> None:
    decide(approved=False)
    file(row, north, now)
    path = f"/staff/numbers/asked/{row.pk}/"
    denier = staff_client(officer).get(path).content.decode()
    assert "You denied this number." in denier
    desk = staff_client(supervisor)
    assert "8135550142" in desk.get("/staff/numbers/asked/?shown=appealed").content.decode().replace("-", "").replace(
        ") ", ""
    ).replace("(", "").replace(" ", "")
    assert "She is my mother." in desk.get(path).content.decode()
    assert desk.post(path, {"act": "grant", "answer": ""}).status_code == 422
    assert desk.post(path, {"act": "grant", "answer": "Verified."}).status_code == 303
    row.refresh_from_db()
    assert row.approved
    assert "Approved after all" in desk.get(path).content.decode()


def test_the_family_page_of_a_number_shows_who_has_it_and_takes_it_off(
    row, decide, mine, mother, stranger, family_client, now
) -> None:
    path = f"/phone/{mine}/"
    her = family_client(mother)
    page = her.get(path).content.decode()
    assert "Who has it on their list" not in page, "nothing was decided yet"
    decide(approved=True)
    assert "Do not let them call me" in her.get(path).content.decode()
    assert her.post(f"{path}lists/{row.pk}/", {"act": "off"}).status_code == 303
    row.refresh_from_db()
    assert row.approved is False
    assert "You had it taken off." in her.get(path).content.decode()
    assert her.post(f"{path}lists/{row.pk}/", {"act": "steal"}).status_code == 400
    theirs = numbers.list_number(stranger, number=NUMBER, now=now)
    unproved = family_client(stranger)
    assert "Who has it on their list" not in unproved.get(f"/phone/{theirs}/").content.decode()
    unproved.post(f"/phone/{theirs}/lists/{row.pk}/", {"act": "on"})
    row.refresh_from_db()
    assert row.approved is False
