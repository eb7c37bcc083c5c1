"""Calls at the kiosk, through its door: numbers of the list, prices, quotas, hours, the record of calls, notes."""

from datetime import UTC, datetime, time, timedelta
from uuid import uuid4

import pytest
from django.test import Client

from kinline.core.models import AuditEvent
from kinline.facilities.models import Facility
from kinline.flows import call_me
from kinline.flows.housekeeping import forget_notes
from kinline.identity.models import User
from kinline.ledger import chart
from kinline.ledger import services as ledger
from kinline.residents.models import Resident
from kinline.telephony import resident_wording as words
from kinline.telephony.errors import NobodyToCall, NoteNotCarried, NoteTooLong, TooManyNotes
from kinline.telephony.models import (
    AllowedNumber,
    Call,
    CallLimits,
    CallMe,
    CallRate,
    Cdr,
    Hotline,
    KnownNumber,
    LineHours,
    LineStop,
    NumberBlock,
    RatePlan,
    SpeedDial,
    Switch,
    TelephoneSettings,
)
from kinline.telephony.services import call_me as notes

pytestmark = pytest.mark.django_db
NUMBER = "+18135550142"
TYPED = {"number": "(813) 555-0142", "name": "Marta", "relation": "mother"}


@pytest.fixture
def setting(north: Facility, long_ago: datetime) -> TelephoneSettings:
    """The north telephones: 11 cents a minute, only numbers that staff approved, three at most."""
    north.calls_offered = True
    north.save()
    plan = RatePlan.objects.create(facility=north, effective_from=long_ago, made_at=long_ago)
    CallRate.objects.create(plan=plan, kind="domestic", base_micro=90_000, additive_micro=20_000)
    return TelephoneSettings.objects.create(
        facility=north, payers=["prepaid_collect", "pin_debit"], places=["domestic"], lists_numbers=True, list_limit=3
    )


@pytest.fixture
def daniel(setting: TelephoneSettings, kiosk_client, resident: Resident) -> Client:
    return kiosk_client(resident)


@pytest.fixture
def listed(resident: Resident, setting: TelephoneSettings, officer: User, long_ago: datetime):
    """`listed(True)`: a number of Daniel's list that staff approved; False: denied; None: asked for."""

    def put(approved: bool | None = None, number: str = NUMBER, name: str = "Marta") -> AllowedNumber:
        decided = None if approved is None else long_ago
        return AllowedNumber.objects.create(
            resident=resident, number=number, name=name, asked_at=long_ago, approved=approved, decided_at=decided,
            denied_reason="A victim's number." if approved is False else "",
            decided_by=None if approved is None else officer,
        )  # fmt: skip

    return put


@pytest.fixture
def called(resident: Resident, north: Facility, setting: TelephoneSettings, now: datetime):
    """`called(seconds=75, cents=13)`: a call of Daniel's, as its record has it."""
    switch = Switch.objects.create(name="sample", token_digest=b"0" * 32, created_at=now)

    def write(*, minutes_ago: int = 60, who: Resident | None = None, **facts) -> Cdr:
        begun = now - timedelta(minutes=minutes_ago)
        accepted = facts.pop("accepted", facts.get("seconds", 0) > 0)
        values = {
            "result": "completed", "reasons": ["caller_hung_up"], "call_type": "prepaid_collect", "number": NUMBER,
            "base_cents": facts.get("cents", 0), **facts,
        }  # fmt: skip
        call = Call.objects.create(
            key=uuid4(), switch=switch, facility=north, resident=who or resident, number=values["number"],
            call_type=values["call_type"], state="ended", seconds=900, started_at=begun, ended_at=begun,
            lease_until=begun,
        )  # fmt: skip
        return Cdr.objects.create(
            call=call, facility=north, resident=None if values["call_type"] == "hotline" else call.resident,
            started_at=begun, accepted_at=begun if accepted else None,
            ended_at=begun + timedelta(seconds=values.get("seconds", 0)), written_at=now, **values,
        )  # fmt: skip

    return write


class TestTheList:
    def test_asked_for_with_name_and_relation_it_waits_for_staff(self, daniel: Client, resident, said) -> None:
        """T10, TEL-9."""
        answer = daniel.post("/kiosk/phone/ask/", TYPED)
        row = AllowedNumber.objects.get()
        assert (answer.status_code, answer.url) == (303, f"/kiosk/phone/numbers/{row.pk}/")
        assert (row.resident, row.number, row.name, row.relation) == (resident, NUMBER, "Marta", "mother")
        assert row.approved is None
        assert "Staff look at it; until then it cannot be called" in said(daniel, answer.url)
        page = said(daniel, "/kiosk/phone/")
        assert "Your numbers: 1 of 3" in page
        assert "$0.11 a minute; 15 minutes cost $1.65" in page
        event = AuditEvent.objects.get(act="number.ask")
        assert (event.actor, event.object) == (f"resident:{resident.pk}", f"allowed_number:{row.pk}")

    @pytest.mark.parametrize(
        ("typed", "told"),
        [
            ("", "Type a telephone number"),
            ("813", "This is no telephone number"),
            ("8135550142813555014", "This is no telephone number"),
            ("*67 813 555 0142", "This is no telephone number"),
            ("x" * 60, "too long"),
            ("911", "Emergency numbers cannot be called"),
            ("411", "Directory information"),
            ("900 555 0142", "Numbers that cost extra"),
            ("(800) 555-0142", "Toll-free numbers"),
            ("+53 7 831 1234", "Calls to that country"),
        ],
    )
    def test_what_cannot_be_called_is_said_at_once_and_kept_as_typed(
        self, daniel: Client, typed: str, told: str
    ) -> None:
        answer = daniel.post("/kiosk/phone/ask/", {**TYPED, "number": typed})
        assert answer.status_code == 422
        assert told in answer.content.decode()
        assert 'value="Marta"' in answer.content.decode()
        assert not AllowedNumber.objects.exists()

    @pytest.mark.parametrize(("by", "told"), [("facility", "does not let"), ("called_party", "asked not to be called")])
    def test_a_blocked_number_is_not_asked_for_in_vain(self, daniel: Client, north, now, by: str, told: str) -> None:
        place = None if by == "called_party" else north
        NumberBlock.objects.create(facility=place, number=NUMBER, by=by, note="x", made_at=now)
        assert told in daniel.post("/kiosk/phone/ask/", TYPED).content.decode()
        assert not AllowedNumber.objects.exists()

    def test_asked_for_twice_it_is_there_once(self, daniel: Client) -> None:
        daniel.post("/kiosk/phone/ask/", TYPED)
        answer = daniel.post("/kiosk/phone/ask/", {**TYPED, "number": "+1 813 555 0142"})
        assert "on your list already" in answer.content.decode()
        assert AllowedNumber.objects.count() == 1

    def test_the_list_is_full(self, daniel: Client, listed, said) -> None:
        """T10: denied ones take no place."""
        for n in range(3):
            listed(True, f"+1813555010{n}")
        listed(False, "+18135550199")
        assert "Remove a number first" in said(daniel, "/kiosk/phone/ask/")
        answer = daniel.post("/kiosk/phone/ask/", TYPED)
        assert "it holds 3 numbers" in answer.content.decode()
        assert AllowedNumber.objects.count() == 4
        assert "Ask for a number" not in said(daniel, "/kiosk/phone/")

    def test_each_state_is_told_with_its_reason(self, daniel: Client, listed, said) -> None:
        yes, no = listed(True), listed(False, "+18135550143", "Nadia")
        assert "Staff approved it" in said(daniel, f"/kiosk/phone/numbers/{yes.pk}/")
        page = said(daniel, f"/kiosk/phone/numbers/{no.pk}/")
        assert "A victim's number." in page
        assert f"/kiosk/phone/numbers/{no.pk}/appeal/" not in page, "15 days are long over"
        assert "An appeal could be filed until" in page
        assert "Save the speed dial" not in page

    def test_taken_off_after_a_question(self, daniel: Client, listed, said) -> None:
        row = listed(True)
        SpeedDial.objects.create(resident=row.resident, keys="5", number=NUMBER)
        path = f"/kiosk/phone/numbers/{row.pk}/remove/"
        assert "staff look at it again" in said(daniel, path)
        assert AllowedNumber.objects.get().removed_at is None
        assert daniel.post(path).status_code == 303
        assert AllowedNumber.objects.get().removed_at is not None
        assert not SpeedDial.objects.exists()
        assert daniel.post(path).status_code == 404
        assert daniel.post("/kiosk/phone/ask/", TYPED).status_code == 303

    def test_a_place_without_lists_says_so(self, daniel: Client, setting, said) -> None:
        setting.lists_numbers = False
        setting.save()
        daniel.post("/kiosk/phone/ask/", TYPED)
        page = said(daniel, "/kiosk/phone/")
        assert "You can call other numbers, too" in page
        assert "staff look at it" not in page
        assert "You can call it. This facility approves no lists." in said(
            daniel, f"/kiosk/phone/numbers/{AllowedNumber.objects.get().pk}/"
        )

    def test_nobody_sees_or_touches_anothers(self, kiosk_client, resident_south, listed) -> None:
        row, samuel = listed(True), kiosk_client(resident_south)
        for path in ("", "remove/"):
            assert samuel.get(f"/kiosk/phone/numbers/{row.pk}/{path}").status_code == 404
        assert samuel.post(f"/kiosk/phone/numbers/{row.pk}/remove/").status_code == 404
        assert samuel.post(f"/kiosk/phone/numbers/{row.pk}/speed/", {"keys": "5"}).status_code == 404
        assert AllowedNumber.objects.get().removed_at is None
        assert not SpeedDial.objects.exists()

    @pytest.mark.parametrize("path", ["", "calls/", "free/", "ask/", "numbers/1/"])
    def test_nobody_there_no_page(self, kiosk_device, north, setting, path: str) -> None:
        answer = kiosk_device(north).get(f"/kiosk/phone/{path}")
        assert (answer.status_code, answer.url) == (303, "/kiosk/")


class TestSpeedDial:
    def test_set_changed_and_cleared(self, daniel: Client, listed, resident, said) -> None:
        """TEL-2."""
        path = f"/kiosk/phone/numbers/{listed(True).pk}/"
        assert daniel.post(f"{path}speed/", {"keys": "5"}).status_code == 303
        assert daniel.post(f"{path}speed/", {"keys": "42"}).status_code == 303
        assert list(SpeedDial.objects.values_list("resident", "keys", "number")) == [(resident.pk, "42", NUMBER)]
        assert "dial 42" in said(daniel, "/kiosk/phone/")
        assert daniel.post(f"{path}speed/", {"keys": "42", "clear": "1"}).status_code == 303
        assert not SpeedDial.objects.exists()

    @pytest.mark.parametrize("keys", ["0", "05", "100", "a", "1*", "-1"])
    def test_only_one_or_two_digits(self, daniel: Client, listed, keys: str) -> None:
        answer = daniel.post(f"/kiosk/phone/numbers/{listed(True).pk}/speed/", {"keys": keys})
        assert (answer.status_code, SpeedDial.objects.exists()) == (422, False)

    def test_of_another_number_or_a_hotline_it_is_taken(self, daniel: Client, listed, north) -> None:
        first, second = listed(True), listed(True, "+18135550143", "Nadia")
        daniel.post(f"/kiosk/phone/numbers/{first.pk}/speed/", {"keys": "5"})
        Hotline.objects.create(facility=north, keys="77", number="+18005550100", name="Help")
        for keys in ("5", "77"):
            answer = daniel.post(f"/kiosk/phone/numbers/{second.pk}/speed/", {"keys": keys})
            assert f"{keys} dials another number" in answer.content.decode()
        assert SpeedDial.objects.get().number == NUMBER

    @pytest.mark.parametrize("approved", [None, False])
    def test_none_for_a_number_that_is_not_approved(self, daniel: Client, listed, approved) -> None:
        answer = daniel.post(f"/kiosk/phone/numbers/{listed(approved).pk}/speed/", {"keys": "5"})
        assert (answer.status_code, SpeedDial.objects.exists()) == (422, False)


class TestWhatIsLeft:
    def test_quotas_and_length_by_the_strictest(self, daniel: Client, north, resident, called, said) -> None:
        """TEL-4, T8."""
        CallLimits.objects.create(facility=north, seconds=1200, seconds_a_day=3600, calls_a_day=5)
        CallLimits.objects.create(facility=north, unit=north.units.get(), seconds=900, seconds_a_week=7200)
        CallLimits.objects.create(facility=north, resident=resident, seconds_a_day=1800)
        called(seconds=600, cents=110, minutes_ago=0)
        page = said(daniel, "/kiosk/phone/")
        assert "Today you can still talk 20 minutes" in page
        assert "This week you can still talk 110 minutes" in page
        assert "Today you can make 4 more calls" in page
        assert "One call lasts 15 minutes at most" in page

    def test_closed_hours_say_when_they_open(self, daniel: Client, north, now, said) -> None:
        limit = CallLimits.objects.create(facility=north)
        tomorrow = (now.astimezone().date() + timedelta(days=2)).weekday()
        LineHours.objects.create(limits=limit, days=str(tomorrow), opens=time(7), closes=time(21, 30))
        page = said(daniel, "/kiosk/phone/")
        assert "The lines are closed now" in page
        assert "They open" in page
        assert "7:00 am to 9:30 pm" in page

    def test_a_lockdown_is_told(self, daniel: Client, north, officer, now, said) -> None:
        LineStop.objects.create(
            facility=north, kind="lockdown", reason="for staff only", starts_at=now - timedelta(hours=1),
            made_by=officer, made_at=now,
        )  # fmt: skip
        page = said(daniel, "/kiosk/phone/")
        assert "Lockdown: nobody can call." in page
        assert "for staff only" not in page

    def test_without_limits_lines_are_open(self, daniel: Client, said) -> None:
        page = said(daniel, "/kiosk/phone/")
        assert "The lines are open" in page
        assert "No numbers yet." in page

    def test_the_calling_account_is_shown_and_the_families_money_is_not(
        self, daniel: Client, resident, north, listed, now, said
    ) -> None:
        """MON-2, MON-6."""
        listed(True)
        north.pin_debit = True
        north.save()
        for address, cents in ((chart.resident_calls(resident.pk), 1234), (chart.number_prepaid(NUMBER), 5678)):
            ledger.post(key=address, kind="deposit", lines=[(address, cents), (chart.BANK, -cents)], now=now)
        page = said(daniel, "/kiosk/phone/")
        assert "$12.34" in page
        assert "56.78" not in page


class TestCalls:
    def test_seconds_price_payer_and_end(self, daniel: Client, called, listed, resident, said) -> None:
        listed(True)
        called(seconds=75, cents=13, payer=chart.number_prepaid(NUMBER))
        called(seconds=30, cents=5, payer=chart.resident_calls(resident.pk), reasons=["called_hung_up"])
        called(accepted=False, result="busy", reasons=["busy"])
        page = said(daniel, "/kiosk/phone/calls/")
        for text in ("1 minute 15 seconds", "$0.13", "money on their number", "You hung up.", "They hung up.",
                     "Paid from your calling account", "The number was busy.", "nothing paid", "Marta"):  # fmt: skip
            assert text in page

    def test_a_refusal_tells_all_its_reasons(self, daniel: Client, called, said) -> None:
        called(call_type="refused", accepted=False, result="closed_hours", reasons=["closed_hours", "no_money"])
        page = said(daniel, "/kiosk/phone/calls/")
        assert "outside the hours for calls" in page
        assert "not enough money for one minute" in page

    def test_hotlines_and_others_are_not_there(self, daniel: Client, called, resident_south, said) -> None:
        """REC3."""
        called(call_type="hotline", number="+18005550100", recording="hotline")
        called(who=resident_south, seconds=75, cents=13)
        assert "No calls yet." in said(daniel, "/kiosk/phone/calls/")

    def test_older_ones_by_pages(self, daniel: Client, called, said) -> None:
        for n in range(23):
            called(seconds=n + 1, cents=0, minutes_ago=n)
        first = said(daniel, "/kiosk/phone/calls/")
        assert "20 seconds" in first
        assert "21 seconds" not in first
        before = first.split("?before=")[1].split('"')[0]
        second = said(daniel, f"/kiosk/phone/calls/?before={before}")
        assert "21 seconds" in second
        assert "Newest" in second

    @pytest.mark.parametrize("before", ["0", "x", "999999999999999999999", "-1"])
    def test_a_cursor_that_is_none(self, daniel: Client, called, before: str) -> None:
        assert daniel.get(f"/kiosk/phone/calls/?before={before}").status_code in {200, 404}

    def test_every_code_has_a_sentence(self) -> None:
        """TEL-3: no refusal without words: those of the decision, of what was dialled, of the machine's ends."""
        import re
        from pathlib import Path

        import kinline

        root = Path(kinline.__file__).parent
        decided = set(re.findall(r'Reason\("(\w+)"', (root / "telephony/rules.py").read_text()))
        decided |= {"blocked_number", "blocked_by_called_party", "lockdown", "blackout", "suspended", "not_on_list"}
        keyed = set(re.findall(r"`(\w+)`(?= \(|;|\.)", (root / "telephony/dialling.py").read_text().split("Codes:")[1]
                               .split('"""')[0]))  # fmt: skip
        machine = (root / "sip/call/machine.py").read_text()
        told = set(re.findall(r'_tell\([^"\n]*"(\w+)", "', machine)) | set(re.findall(r'\d{3}: "(\w+)"', machine))
        assert "no_money" in decided
        assert "premium_number" in keyed
        assert "not_accepted" in told
        assert (decided | keyed) - set(words.REFUSED) == set()
        assert told - set(words.REFUSED) - set(words.BEFORE) == set()


class TestFree:
    def test_hotlines_with_their_keys(self, daniel: Client, north, south, said) -> None:
        """TEL-7, REC2."""
        Hotline.objects.create(
            facility=north, keys="77", number="+18005550100", name="Report abuse", name_es="Denunciar"
        )
        Hotline.objects.create(facility=south, keys="88", number="+18005550101", name="Elsewhere")
        page = said(daniel, "/kiosk/phone/free/")
        assert "Report abuse" in page
        assert "Elsewhere" not in page
        assert "5550100" not in page

    def test_none_is_said(self, daniel: Client, said) -> None:
        assert "no free line yet" in said(daniel, "/kiosk/phone/free/")

    def test_m12_an_attorney_is_told_as_confidential(self, daniel: Client, north, listed, now, said) -> None:
        row = listed(None)
        KnownNumber.objects.create(agency=north.agency, number=NUMBER, privileged_since=now)
        assert "Marta" in said(daniel, "/kiosk/phone/free/")
        assert "are not recorded" in said(daniel, f"/kiosk/phone/numbers/{row.pk}/")


class TestCallMe:
    @pytest.fixture
    def leave(self, mother: User, contact, setting, resident, now):
        def left(text: str = "", number: str = NUMBER, at: datetime | None = None) -> CallMe:
            return call_me.leave(user=mother, number=number, resident_id=resident.pk, text=text, now=at or now)

        return left

    def test_a_note_is_shown_and_put_away(self, daniel: Client, leave, said) -> None:
        """TEL-13."""
        note = leave("Sunday after church <3")
        page = said(daniel, "/kiosk/phone/")
        assert "Sunday after church <3" in page
        assert "Marta Sample" in page
        told = said(daniel, "/kiosk/notices/")
        assert "Marta Sample asks you to call: (813) 555-0142." in told
        assert "Sunday" not in told
        for _twice in range(2):
            assert daniel.post(f"/kiosk/phone/notes/{note.pk}/").status_code == 303
        assert "Sunday after church" not in said(daniel, "/kiosk/phone/")

    def test_nobody_puts_anothers_away(self, leave, kiosk_client, resident_south) -> None:
        note = leave()
        assert kiosk_client(resident_south).post(f"/kiosk/phone/notes/{note.pk}/").status_code == 404
        note.refresh_from_db()
        assert note.seen_at is None

    def test_words_that_staff_would_read_first_are_not_carried(self, leave, north, now) -> None:
        """DEL-3: a note is no way around the review; without words it is carried."""
        from kinline.delivery import services as delivery

        delivery.set_policy(facility_id=north.pk, rules=[{"id": "held", "then": "review"}], now=now)
        with pytest.raises(NoteNotCarried):
            leave("meet me at the wall")
        assert not CallMe.objects.exists()
        assert leave("").text == ""

    def test_too_long_and_too_many(self, leave, now) -> None:
        assert len(leave("x" * 160).text) == 160
        with pytest.raises(NoteTooLong):
            leave("x" * 161)
        again = leave("x" * 160, at=now + timedelta(minutes=1))
        assert CallMe.objects.get() == again
        leave("one")
        leave("two")
        with pytest.raises(TooManyNotes):
            leave("three")
        assert CallMe.objects.count() == 3
        assert leave("three", at=now + timedelta(days=1, seconds=1)).text == "three"

    def test_old_ones_are_forgotten_and_leave_with_whoever_left_them(self, leave, mother, now) -> None:
        leave()
        forget_notes(now=now + timedelta(days=89))
        assert CallMe.objects.exists()
        forget_notes(now=now + timedelta(days=91))
        assert not CallMe.objects.exists()
        leave("again", at=now + timedelta(days=2))
        notes.take_away(mother.pk)
        assert not CallMe.objects.exists()

    @pytest.mark.parametrize("way", ["blocked", "no_calls", "stranger"])
    def test_only_to_whom_one_may_reach(self, setting, contact, north, stranger, resident, now, way: str) -> None:
        """CON-3: told alike."""
        if way == "blocked":
            contact.resident_blocked_at = now
            contact.save()
        if way == "no_calls":
            north.calls_offered = False
            north.save()
        who = stranger if way == "stranger" else contact.user
        with pytest.raises(NobodyToCall):
            call_me.leave(user=who, number=NUMBER, resident_id=resident.pk, text="", now=now)
        assert not CallMe.objects.exists()


def test_opens_at_skips_what_another_limit_closes() -> None:
    from kinline.telephony.rules import Hours, Limits, opens_at

    week = frozenset(range(7))
    place = Limits(hours=(Hours(week, time(6), time(12)),))
    unit = Limits(hours=(Hours(week, time(9), time(20)),))
    at = datetime(2026, 11, 23, 21, tzinfo=UTC)
    assert opens_at([place, unit], at, "UTC") == datetime(2026, 11, 24, 9, tzinfo=UTC)
    assert opens_at([place, Limits(hours=(Hours(week, time(13), time(20)),))], at, "UTC") is None
