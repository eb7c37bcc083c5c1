"""A person decides, both are told, another person decides the appeal: DEL-4 to DEL-6, M1 to M7."""

from collections.abc import Callable
from datetime import date, datetime, time, timedelta
from zoneinfo import ZoneInfo

import pytest
from django.db import IntegrityError, transaction

from kinline.contacts.errors import OwnContact
from kinline.contacts.models import Contact
from kinline.core.models import AuditEvent
from kinline.core.parties import Party
from kinline.facilities.models import Facility
from kinline.flows import appeal
from kinline.flows.decide_review import refuse, release
from kinline.flows.reading import read_held
from kinline.flows.take_back import take_back
from kinline.flows.tests.test_send import available, write
from kinline.identity.models import User
from kinline.identity.permissions import NotPermitted
from kinline.ledger import chart
from kinline.ledger import queries as ledger
from kinline.messaging import errors, queries
from kinline.messaging.models import Appeal, Mailbox, Message, Review
from kinline.notices.models import Notice

Money = Callable[[Party, int], None]


@pytest.fixture
def held(money: Money, mother_party: Party, contact: Contact, north: Facility, now: datetime) -> int:
    """A letter of the mother in review at the north; 50 of her 200 cents are set aside."""
    money(mother_party, 200)
    north.policies.all().delete()
    return write(mother_party, contact, now, "Held words").message_id


def no(staff: User, message_id: int, now: datetime, **more: object) -> None:
    values = {"reason_code": "threat", "explanation": "The second line.", **more}
    refuse(staff=staff, message_id=message_id, now=now, **values)


def test_released_is_delivered_and_paid(
    held: int, officer: User, mother_party: Party, resident_party: Party, now: datetime
) -> None:
    release(staff=officer, message_id=held, now=now)
    assert available(mother_party) == 150
    assert ledger.balance(chart.messages_of(mother_party)).held_cents == 0
    letter = queries.letter(resident_party, held, now=now)
    assert letter is not None
    assert letter.body == "Held words"
    assert AuditEvent.objects.filter(act="message.release", actor=f"staff:{officer.pk}").count() == 1


def test_m1_m7_refused_gives_back_and_tells_both(
    held: int, officer: User, mother_party: Party, resident_party: Party, now: datetime
) -> None:
    no(officer, held, now)
    assert (available(mother_party), ledger.balance(chart.messages_of(mother_party)).held_cents) == (200, 0)
    for party, kind, other in (
        (mother_party, "message_not_delivered", "Daniel Sample"),
        (resident_party, "message_to_you_not_delivered", "Marta Sample"),
    ):
        notice = Notice.objects.get(kind=kind, **party.filter)
        assert notice.params["other_name"] == other
        assert notice.params["reason"] == {"en": "It threatens somebody.", "es": "Amenaza a alguien."}
        assert notice.params["explanation"] == "The second line."
        assert date.fromisoformat(notice.params["appeal_until_on"]) > now.date()
        assert "Held words" not in str(notice.params)
    assert queries.letter(resident_party, held, now=now) is None


@pytest.mark.parametrize(
    ("more", "refusal"),
    [
        ({"reason_code": "criticises-staff"}, errors.ReasonUnknown),
        ({"explanation": "  "}, errors.ExplanationMissing),
        ({"withheld": True}, NotPermitted),
    ],
)
def test_m1_a_refusal_without_reason_is_no_refusal(
    more: dict[str, object], refusal: type[Exception], held: int, officer: User, mother_party: Party, now: datetime
) -> None:
    with pytest.raises(refusal):
        no(officer, held, now, **more)
    assert Message.objects.get().state == "review"
    assert ledger.balance(chart.messages_of(mother_party)).held_cents == 50
    assert Notice.objects.count() == 0


def test_only_staff_of_this_facility_decide(held: int, officer_south: User, mother: User, now: datetime) -> None:
    for staff in (officer_south, mother):
        with pytest.raises(NotPermitted):
            release(staff=staff, message_id=held, now=now)
        with pytest.raises(NotPermitted):
            no(staff, held, now)
    assert Message.objects.get().state == "review"


def test_decided_once(held: int, officer: User, mother_party: Party, now: datetime) -> None:
    release(staff=officer, message_id=held, now=now)
    with pytest.raises(errors.TooLate):
        no(officer, held, now)
    assert Message.objects.get().state == "delivered"
    assert available(mother_party) == 150


def test_m5_withheld_by_a_supervisor_tells_nobody(
    held: int, supervisor: User, mother_party: Party, resident_party: Party, now: datetime
) -> None:
    no(supervisor, held, now, withheld=True)
    assert Notice.objects.count() == 0
    letter = queries.letter(mother_party, held, now=now)
    assert letter is not None
    assert letter.refusal is None
    assert letter.status_sentence.startswith("Being read by the facility")
    assert queries.refusal(resident_party, held, now=now) is None
    assert AuditEvent.objects.get(act="message.refuse").detail["withheld"] is True


def test_m5_withheld_looks_like_a_review_everywhere(
    held: int, supervisor: User, mother_party: Party, contact: Contact, now: datetime
) -> None:
    """In the letter, each list, the download, and when it is taken back."""

    def seen() -> list[object]:
        letter = queries.letter(mother_party, held, now=now)
        rows = [
            *queries.page(mother_party, "sent", now=now).rows,
            *queries.conversation(mother_party, contact.pk, now=now).rows,
            *queries.last_between(mother_party, [contact.pk], now=now).values(),
        ]
        return [letter, rows, list(queries.export(mother_party))]

    before = seen()
    no(supervisor, held, now, withheld=True)
    assert seen() == before
    take_back(mother_party, message_id=held, now=now)
    letter = queries.letter(mother_party, held, now=now)
    assert letter is not None
    assert letter.state == "withdrawn"
    assert (available(mother_party), ledger.balance(chart.messages_of(mother_party)).held_cents) == (200, 0)
    review = Review.objects.get()
    assert (review.decision, review.withheld_by) == ("refuse", supervisor), "the facility's record stays as it was"


def test_m2_both_sides_can_appeal_within_their_days(
    held: int, officer: User, mother_party: Party, resident_party: Party, north: Facility, now: datetime
) -> None:
    """To the end of the last day where the facility is, and not a second longer."""
    no(officer, held, now)
    mine = queries.refusal(mother_party, held, now=now)
    theirs = queries.refusal(resident_party, held, now=now)
    assert mine is not None
    assert theirs is not None
    there = ZoneInfo(north.time_zone)
    today = now.astimezone(there).date()
    assert (mine.last_day, theirs.last_day) == (today + timedelta(days=20), today + timedelta(days=10))
    over = datetime.combine(theirs.last_day + timedelta(days=1), time(), there)
    with pytest.raises(errors.AppealTooLate):
        appeal.file(resident_party, message_id=held, text="Please", now=over)
    appeal.file(resident_party, message_id=held, text="Please", now=over - timedelta(seconds=1))
    appeal.file(mother_party, message_id=held, text="It was a garden hose.", now=now)
    with pytest.raises(errors.AppealFiled):
        appeal.file(mother_party, message_id=held, text="Again", now=now)
    assert Appeal.objects.count() == 2


def test_an_appeal_needs_words_and_a_refusal(
    held: int, officer: User, mother_party: Party, stranger: User, now: datetime
) -> None:
    with pytest.raises(errors.AppealNotOpen):
        appeal.file(mother_party, message_id=held, text="Why", now=now)
    no(officer, held, now)
    with pytest.raises(errors.AppealEmpty):
        appeal.file(mother_party, message_id=held, text=" ", now=now)
    with pytest.raises(errors.AppealNotOpen):
        appeal.file(Party("family", stranger.pk), message_id=held, text="Why", now=now)
    assert Appeal.objects.count() == 0


def test_m4_won_delivers_the_original_free(
    held: int, officer: User, supervisor: User, mother_party: Party, resident_party: Party, now: datetime
) -> None:
    no(officer, held, now)
    appeal_id = appeal.file(mother_party, message_id=held, text="A garden hose.", now=now)
    later = now + timedelta(days=3)
    appeal.decide(staff=supervisor, appeal_id=appeal_id, won=True, answer="It is a garden hose.", now=later)
    letter = queries.letter(resident_party, held, now=later)
    assert letter is not None
    assert (letter.body, letter.free, letter.sent_at) == ("Held words", True, now)
    assert available(mother_party) == 200
    assert {notice.kind for notice in Notice.objects.filter(created_at=later)} == {"appeal_won"}
    with pytest.raises(errors.AppealDecided):
        appeal.decide(staff=supervisor, appeal_id=appeal_id, won=False, answer="No.", now=later)
    assert Mailbox.objects.filter(**resident_party.filter).count() == 1


def test_m4_lost_stays_and_says_why(
    held: int, officer: User, supervisor: User, mother_party: Party, now: datetime
) -> None:
    no(officer, held, now)
    appeal_id = appeal.file(mother_party, message_id=held, text="A garden hose.", now=now)
    with pytest.raises(errors.ExplanationMissing):
        appeal.decide(staff=supervisor, appeal_id=appeal_id, won=False, answer="", now=now)
    appeal.decide(staff=supervisor, appeal_id=appeal_id, won=False, answer="It names a person.", now=now)
    view = queries.appeal(mother_party, appeal_id)
    assert view is not None
    assert (view.outcome, view.answer) == ("lost", "It names a person.")
    assert Message.objects.get().state == "refused"


def test_m3_whoever_refused_cannot_decide_even_an_admin(
    held: int, admin: User, officer: User, mother_party: Party, now: datetime
) -> None:
    no(admin, held, now)
    appeal_id = appeal.file(mother_party, message_id=held, text="Why", now=now)
    with pytest.raises(errors.SameDecider):
        appeal.decide(staff=admin, appeal_id=appeal_id, won=False, answer="No.", now=now)
    with pytest.raises(NotPermitted):  # a reviewer decides letters, not appeals
        appeal.decide(staff=officer, appeal_id=appeal_id, won=False, answer="No.", now=now)
    assert Appeal.objects.get().outcome == ""


def test_m3_the_database_refuses_it_too(held: int, admin: User, mother_party: Party, now: datetime) -> None:
    no(admin, held, now)
    appeal_id = appeal.file(mother_party, message_id=held, text="Why", now=now)
    values = {"outcome": "lost", "decided_by": admin, "decided_at": now, "answer": "No."}
    with pytest.raises(IntegrityError, match="cannot decide the appeal"), transaction.atomic():
        Appeal.objects.filter(pk=appeal_id).update(**values)
    with pytest.raises(IntegrityError, match="never rewritten"), transaction.atomic():
        Review.objects.update(decided_by=None)
    assert Appeal.objects.get().outcome == ""


@pytest.mark.parametrize("field", ["resident_blocked_at", "family_blocked_at"])
def test_released_too_late_goes_back_and_says_who_released_it(
    field: str, held: int, officer: User, mother_party: Party, now: datetime
) -> None:
    Contact.objects.update(**{field: now})
    release(staff=officer, message_id=held, now=now)
    assert Message.objects.get().state == "returned"
    assert available(mother_party) == 200
    review = Review.objects.get()
    assert (review.decision, review.decided_by) == ("release", officer)


def test_nobody_decides_on_letters_of_their_own(
    held: int, officer: User, supervisor: User, mother: User, mother_party: Party, now: datetime
) -> None:
    """STF-1: an officer who writes to a resident from an account of their own neither reads nor decides that."""
    for staff in (officer, supervisor):
        User.objects.filter(pk=mother.pk).update(email=staff.email.upper())
        for act in (
            lambda staff=staff: release(staff=staff, message_id=held, now=now),
            lambda staff=staff: no(staff, held, now),
            lambda staff=staff: read_held(staff=staff, message_id=held, purpose="review", now=now),
        ):
            with pytest.raises(OwnContact):
                act()
    assert Message.objects.get().state == "review"
    assert not AuditEvent.objects.filter(act="message.read").exists()
    no(officer, held, now)
    appeal_id = appeal.file(mother_party, message_id=held, text="It is mine.", now=now)
    with pytest.raises(OwnContact):
        appeal.decide(staff=supervisor, appeal_id=appeal_id, won=True, answer="Of course.", now=now)
    assert Appeal.objects.get().outcome == ""
