"""The lines M1 to M9 of the law that binds reviews and appeals, each proved at the desk and in the database."""

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from django.db import IntegrityError, connection, transaction

from kinline.core.models import AuditEvent
from kinline.core.workdays import end_of_day
from kinline.facilities.errors import ReasonNotNeutral
from kinline.facilities.models import Facility, Holiday
from kinline.flows import appeal as flow
from kinline.flows import appeal_desk, mailbox, set_up
from kinline.flows.decide_review import carry_out, refuse
from kinline.flows.purge import purge_record
from kinline.flows.review_alerts import alert_late_reviews
from kinline.flows.review_desk import decide_refuse, pass_on, withdraw
from kinline.flows.tests.test_send import available, write
from kinline.identity.models import Role
from kinline.messaging import queries, services
from kinline.messaging.errors import ReasonUnknown
from kinline.messaging.models import Appeal, AppealRuling, Body, Mailbox, Message, Retention, Review, Ruling
from kinline.messaging.rules import decision_due
from kinline.notices.models import Email, Notice

pytestmark = pytest.mark.django_db
NO = {"reason_code": "threat", "explanation": "The second line."}


@pytest.fixture
def held(money, mother_party, contact, north, now):
    """A letter of the mother that has waited in the north for an hour."""
    money(mother_party, 200)
    north.policies.all().delete()
    return write(mother_party, contact, now - timedelta(hours=1), "Held words").message_id


@pytest.fixture
def refused(held, officer, now):
    refuse(staff=officer, message_id=held, now=now, **NO)
    return held


@pytest.fixture
def appealed(refused, mother_party, now):
    return flow.file(mother_party, message_id=refused, text="It was a garden hose.", now=now)


def pass_ten_seconds():
    appeal_desk.carry_out(ruling_id=AppealRuling.objects.latest("pk").pk, now=datetime.now(UTC) + timedelta(seconds=11))


def where(appeal_id):
    return f"/staff/appeals/{appeal_id}/"


WON = {"outcome": "won", "answer": "It is a garden hose."}


def test_m1_no_refusal_without_reason_and_explanation(held, officer, north, now):
    """Not even by a statement of the database's owner; and the two notices name what M1 names."""
    reason = north.refusal_reasons.first()
    for values in ({}, {"reason": reason}, {"explanation": "The second line."}):
        with pytest.raises(IntegrityError, match="refusal_has_reason_and_sentence"), transaction.atomic():
            Review.objects.update(decision="refuse", decided_at=now, decided_by=officer, **values)
        with pytest.raises(IntegrityError, match="ruling_refusal"), transaction.atomic():
            Ruling.objects.create(
                review=Review.objects.get(), staff=officer, decision="refuse", made_at=now, effective_at=now, **values
            )
    assert (Message.objects.get().state, Notice.objects.count()) == ("review", 0)
    refuse(staff=officer, message_id=held, now=now, **NO)
    for notice in Notice.objects.all():
        assert notice.params["explanation"] == "The second line."
        assert {"other_name", "sent_at", "rule", "reason", "appeal_until_on"} <= notice.params.keys()
    assert Notice.objects.count() == 2


def test_m1_what_fails_on_the_way_leaves_nothing(held, officer, now, monkeypatch):
    """Refusal, money and notices are one transaction."""
    from kinline.notices import services as notices

    ruling = decide_refuse(
        staff=officer, message_id=held, reason_code="threat", explanation="The second line.", now=now
    )
    real = notices.tell

    def falls(party, kind, *args, **more):
        if kind == "message_to_you_not_delivered":
            raise RuntimeError
        return real(party, kind, *args, **more)

    monkeypatch.setattr(notices, "tell", falls)
    with pytest.raises(RuntimeError), transaction.atomic():
        carry_out.__wrapped__(ruling_id=ruling, now=now + timedelta(seconds=11))
    assert (Message.objects.get().state, Notice.objects.count(), Ruling.objects.get().end) == ("review", 0, "")


def test_m2_windows_are_ten_and_twenty_days_and_never_none(north, refused, mother_party, resident_party, now):
    there = now.astimezone(ZoneInfo(north.time_zone)).date()
    days = [
        (queries.refusal(party, refused, now=now).last_day - there).days for party in (mother_party, resident_party)
    ]
    assert days == [20, 10]
    for column in ("sender_appeal_days", "resident_appeal_days"):
        with pytest.raises(IntegrityError, match="appeal_window_not_zero"), transaction.atomic():
            Facility.objects.update(**{column: 0})


def test_m2_appealing_is_free_at_the_last_minute(refused, mother_party, north, now):
    before = available(mother_party)
    last = queries.refusal(mother_party, refused, now=now).last_day
    minute = end_of_day(last, north.time_zone) - timedelta(minutes=1)
    flow.file(mother_party, message_id=refused, text="At the last minute.", now=minute)
    assert (Appeal.objects.count(), available(mother_party)) == (1, before)


@pytest.mark.parametrize("role", [Role.SUPERVISOR, Role.FACILITY_ADMIN, Role.AGENCY_ADMIN])
def test_m3_who_refused_does_not_decide_administrators_too(held, role, member, staff_client, north, mother_party, now):
    user = member(role, north)
    refuse(staff=user, message_id=held, now=now, **NO)
    appeal_id = flow.file(mother_party, message_id=held, text="It was a garden hose.", now=now)
    client = staff_client(user)
    assert "You had a part in this refusal" in client.get(where(appeal_id)).content.decode()
    answer = client.post(where(appeal_id), WON)
    assert answer.status_code == 403
    assert "Another person must." in answer.content.decode()
    assert _not_by(user, appeal_id, now)


def _not_by(user, appeal_id, now):
    """The database says no, too, however one asks it, and nothing is decided."""
    values = {"won": True, "answer": "Yes.", "made_at": now, "effective_at": now}
    with pytest.raises(IntegrityError, match="cannot decide the appeal"), transaction.atomic():
        AppealRuling.objects.create(appeal_id=appeal_id, staff=user, **values)
    for first in _HIDES:
        with pytest.raises(IntegrityError), transaction.atomic():
            _by_hand(first, {"appeal": appeal_id, "who": user.pk, "now": now})
    with pytest.raises(IntegrityError, match="cannot decide the appeal"), transaction.atomic():
        Appeal.objects.filter(pk=appeal_id).update(outcome="won", decided_by=user, decided_at=now, answer="Yes.")
    return (Appeal.objects.get().outcome, Message.objects.get().state) == ("", "refused")


def _by_hand(first, values):
    with connection.cursor() as cursor:
        cursor.execute(first, values)
        cursor.execute(_DECIDES, values)


_DECIDES = """
    UPDATE messaging_appeal SET outcome = 'won', answer = 'Yes.', decided_at = %(now)s, decided_by_id = %(who)s
    WHERE id = %(appeal)s
"""
_OF = "(SELECT review_id FROM messaging_appeal WHERE id = %(appeal)s)"
# What somebody might do first, to hide that they had a part.
_HIDES = (
    "SELECT 1",
    f"UPDATE messaging_review SET decided_by_id = NULL, withheld_by_id = NULL WHERE id = {_OF}",
    f"UPDATE messaging_review SET passed_by_id = NULL, passed_at = NULL WHERE id = {_OF}",
    f"DELETE FROM messaging_ruling WHERE review_id = {_OF}",
)


def test_m3_nor_who_took_a_refusal_back_or_passed_it_on(held, member, staff_client, north, officer, mother_party, now):
    wavering, passing = member(Role.SUPERVISOR, north), member(Role.FACILITY_ADMIN, north)
    ruling = decide_refuse(
        staff=wavering, message_id=held, reason_code="threat", explanation="The second line.", now=now
    )
    withdraw(staff=wavering, ruling_id=ruling, now=now)
    services.reviewing.unclaim(Review.objects.get())
    pass_on(staff=passing, message_id=held, note="", now=now)
    refuse(staff=member(Role.INVESTIGATOR, north), message_id=held, now=now, **NO)
    appeal_id = flow.file(mother_party, message_id=held, text="It was a garden hose.", now=now)
    for user in (wavering, passing):
        assert staff_client(user).post(where(appeal_id), WON).status_code == 403
        assert _not_by(user, appeal_id, now)


def test_m4_the_answer_is_due_in_ten_working_days_of_the_agency(refused, mother_party, north, agency, now):
    """A holiday on what would be the last day moves it to the next working day."""
    without = decision_due(now, 10, north.time_zone, frozenset())
    Holiday.objects.create(agency=agency, day=without, name="A sample holiday")
    flow.file(mother_party, message_id=refused, text="Please.", now=now)
    due = Appeal.objects.get().due_on
    assert due == without + timedelta(days=3 if without.weekday() == 4 else 1)


def test_m4_overdue_is_shown_and_told_once(appealed, member, staff_client, north, now):
    boss = member(Role.SUPERVISOR, north)
    client, due = staff_client(boss), Appeal.objects.get().due_on
    over = end_of_day(due, north.time_zone)
    alert_late_reviews(now=over - timedelta(seconds=1))
    assert not Email.objects.filter(kind="appeal_late").exists()
    for _ in range(2):
        alert_late_reviews(now=over)
    told = Email.objects.filter(kind="appeal_late", user=boss).get()
    assert told.params == {"count": 1}
    assert AuditEvent.objects.filter(act="appeal.late", object=f"appeal:{appealed}").count() == 1
    assert "overdue" not in client.get("/staff/appeals/").content.decode()
    Appeal.objects.update(due_on=now.date() - timedelta(days=2))
    assert "overdue" in client.get("/staff/appeals/").content.decode()
    assert "Overdue since" in client.get(where(appealed)).content.decode()
    assert Appeal.objects.get().outcome == "", "no appeal is decided by time"


def test_m4_won_at_the_desk_the_original_arrives_with_its_date(
    appealed, member, staff_client, north, resident_party, mother_party, now
):
    client = staff_client(member(Role.SUPERVISOR, north))
    assert "Held words" in client.get(where(appealed)).content.decode()
    assert AuditEvent.objects.get(act="message.read").detail == {"purpose": f"appeal {appealed}"}
    assert client.post(where(appealed), {"outcome": "won", "answer": " "}).status_code == 200
    assert Appeal.objects.get().outcome == "", "an answer is in writing"
    assert client.post(where(appealed), WON)["Location"] == "/staff/appeals/"
    assert (Appeal.objects.get().outcome, Message.objects.get().state) == ("", "refused"), "not before ten seconds"
    pass_ten_seconds()
    letter = queries.letter(resident_party, Message.objects.get().pk, now=now)
    assert (letter.body, letter.sent_at, letter.free) == ("Held words", Message.objects.get().sent_at, True)
    assert available(mother_party) == 200
    page = client.get(where(appealed)).content.decode()
    assert "It is a garden hose." in page
    assert 'name="answer"' not in page
    again = client.post(where(appealed), {"outcome": "lost", "answer": "No."}).content.decode()
    assert "already been decided" in again
    assert Appeal.objects.get().outcome == "won"


def test_m4_another_places_staff_and_own_contacts_see_no_appeal(appealed, member, staff_client, north, south, mother):
    other = staff_client(member(Role.AGENCY_ADMIN, south))
    assert other.get(where(appealed)).status_code == 404
    assert "Marta" not in other.get("/staff/appeals/").content.decode()
    boss = member(Role.SUPERVISOR, north)
    mother.email = boss.email
    mother.save()
    client = staff_client(boss)
    assert client.get(where(appealed)).status_code == 404
    assert client.post(where(appealed), WON).status_code == 404
    assert Appeal.objects.get().outcome == ""


def test_m5_withheld_needs_a_named_supervisor_and_is_on_record(held, supervisor, mother_party, now):
    refuse(staff=supervisor, message_id=held, now=now, withheld=True, **NO)
    assert (Notice.objects.count(), Review.objects.get().withheld_by) == (0, supervisor)
    assert AuditEvent.objects.get(act="message.refuse").detail["withheld"] is True
    assert Body.objects.get(message_id=held).text == "Held words"
    assert queries.refusal(mother_party, held, now=now) is None


def test_m6_what_was_refused_is_kept_unaltered(refused, mother_party, appealed, now):
    mailbox.remove(mother_party, [refused], now=now)
    services.purge_removed(now=now + timedelta(days=31))
    assert Body.objects.get(message_id=refused).text == "Held words"
    with pytest.raises(IntegrityError, match="never rewritten"), transaction.atomic():
        Review.objects.update(explanation="Another sentence.")


def test_m2_days_that_were_told_are_not_shortened_later(north, refused, mother_party, resident_party, admin, now):
    told = [queries.refusal(party, refused, now=now).last_day for party in (mother_party, resident_party)]
    shorter = {"sender_appeal_days": 1, "resident_appeal_days": 1}
    set_up.change_facility(staff=admin, facility_id=north.pk, changes=shorter, now=now)
    assert [queries.refusal(party, refused, now=now).last_day for party in (mother_party, resident_party)] == told
    with pytest.raises(IntegrityError, match="never rewritten"), transaction.atomic():
        Review.objects.update(sender_until=now.date())


def test_m6_the_place_keeps_it_until_every_appeal_has_ended(refused, supervisor, mother_party, north, admin, now):
    """Both have let it go and the place keeps nothing for longer than it must: not before the last day to appeal, not
    while an appeal waits, and not before its answer."""
    Retention.objects.create(
        facility=north, kind="refused", days=0, effective_from=now, reason="Nothing.", set_by=admin, set_at=now
    )
    set_up.change_facility(staff=admin, facility_id=north.pk, changes={"sender_appeal_days": 1}, now=now)
    Mailbox.objects.filter(message_id=refused).delete()
    last = now + timedelta(days=19)
    assert _kept_at(refused, last)
    appeal_id = flow.file(mother_party, message_id=refused, text="It was a garden hose.", now=last)
    assert _kept_at(refused, now + timedelta(days=400)), "nobody has answered"
    flow.decide(staff=supervisor, appeal_id=appeal_id, won=False, answer="It stays.", now=now + timedelta(days=401))
    assert not _kept_at(refused, now + timedelta(days=402))


def _kept_at(message_id, now):
    purge_record(now=now)
    return Body.objects.filter(message_id=message_id).exists()


def test_m7_the_price_comes_back_by_itself(refused, mother_party):
    assert available(mother_party) == 200


def test_m8_age_is_shown_and_told_at_each_mark_and_nothing_is_decided(held, member, staff_client, north, now):
    boss = member(Role.SUPERVISOR, north)
    client = staff_client(boss)
    for hours, marks in ((23.9, []), (24, [24]), (30, [24]), (48, [24, 48]), (72, [24, 48, 72]), (2400, [24, 48, 72])):
        Review.objects.update(since=now - timedelta(hours=hours))
        for _ in range(2):
            alert_late_reviews(now=now)
        told = Email.objects.filter(kind="review_late", user=boss).order_by("pk")
        assert [one.params for one in told] == [{"count": 1, "hours": mark} for mark in marks]
        assert AuditEvent.objects.filter(act="review.late").count() == len(marks)
        page = client.get("/staff/review/").content.decode()
        shown = [mark for mark in (24, 48, 72) if f"over {mark} h" in page]
        assert shown == marks[-1:]
    assert Message.objects.get().state == "review", "never a silent refusal by time"
    assert "Marta" not in str(Email.objects.filter(kind="review_late").values())


def test_m8_a_queue_nobody_looked_at_for_days_is_told_once(held, member, north):
    member(Role.SUPERVISOR, north)
    alert_late_reviews(now=Review.objects.get().since + timedelta(hours=80))
    assert [one.params["hours"] for one in Email.objects.filter(kind="review_late")] == [72]


# When a letter was held and 24 hours later (UTC), over both nights on which clocks change in New York.
@pytest.mark.parametrize("held_at", ["2026-03-07T16:00", "2026-10-31T16:00"])
def test_m8_a_day_of_24_hours_also_when_clocks_change(held, member, north, held_at):
    boss = member(Role.SUPERVISOR, north)
    since = datetime.fromisoformat(held_at).replace(tzinfo=UTC).astimezone(ZoneInfo(north.time_zone))
    Review.objects.update(since=since)
    boss.roles.update(starts_at=since)
    mark = since.astimezone(UTC) + timedelta(hours=24)
    alert_late_reviews(now=(mark - timedelta(seconds=1)).astimezone(since.tzinfo))
    assert not Email.objects.filter(kind="review_late").exists()
    alert_late_reviews(now=mark.astimezone(since.tzinfo))
    assert Email.objects.get(kind="review_late").params == {"count": 1, "hours": 24}


def test_m8_those_chosen_are_told_and_never_nobody(held, member, staff_client, north, now):
    boss, chief = member(Role.SUPERVISOR, north), member(Role.FACILITY_ADMIN, north)
    client = staff_client(chief)
    fields = {"act": "told", "told_24": [boss.pk], "told_48": [chief.pk], "told_72": [], "told_0": []}
    assert client.post("/staff/deadlines/", fields)["Location"] == "/staff/deadlines/"

    def told(hours):
        Email.objects.all().delete()
        Review.objects.update(since=now - timedelta(hours=hours), alerted_hours=0)
        alert_late_reviews(now=now)
        return {one.user for one in Email.objects.filter(kind="review_late")}

    assert [told(24), told(48), told(72)] == [{boss}, {chief}, {boss, chief}]
    boss.roles.update(ends_at=now - timedelta(seconds=1))
    assert told(24) == {chief}, "who was chosen has left, so whoever may act is told"


@pytest.mark.parametrize(
    ("code", "text", "text_es"),
    [
        ("criticises-staff", "It is against the rules.", ""),
        ("tone", "It criticizes the staff.", ""),
        ("tone", "It complains about this facility.", ""),
        ("views", "It is political.", ""),
        ("tone", "It is not suitable.", "Critica al personal."),
        ("tone", "DISRESPECT of officers", ""),
    ],
)
def test_m9_no_reason_is_about_what_somebody_thinks(
    refused, officer, mother_party, contact, admin, north, now, code, text, text_es
):
    """Such a reason is not taken on the list, and what is not on the list decides nothing."""
    before = list(north.refusal_reasons.values_list("code", flat=True))
    with pytest.raises(ReasonNotNeutral):
        set_up.add_reason(staff=admin, facility_id=north.pk, code=code, text=text, text_es=text_es, now=now)
    assert list(north.refusal_reasons.values_list("code", flat=True)) == before
    second = write(mother_party, contact, now, "Held too").message_id
    with pytest.raises(ReasonUnknown):
        decide_refuse(staff=officer, message_id=second, reason_code=code, explanation="Words.", now=now)
    assert Message.objects.get(pk=second).state == "review"


def test_m9_the_list_is_public_and_all_of_it_is_taken(admin, north, client, now):
    set_up.add_reason(staff=admin, facility_id=north.pk, code="plan", text="It plans an escape of somebody.", now=now)
    page = client.get(f"/facilities/{north.slug}/").content.decode()
    for reason in north.refusal_reasons.all():
        assert reason.text in page
