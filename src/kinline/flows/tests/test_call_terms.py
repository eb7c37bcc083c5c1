"""What a switch is told: whom to dial, for how long, and what both sides hear (F24, T6, TEL-2)."""

from datetime import datetime

import pytest
from tests.calls.line import NUMBER, PPC, Line

from kinline.flows.call_terms import PROMPTS, SPOKEN, Pieces, Terms, terms
from kinline.ledger import chart
from kinline.ops.call_progress import as_text
from kinline.payments.services import allowances
from kinline.residents.models import Resident
from kinline.telephony.models import Hotline, KnownNumber, TelephoneSettings

pytestmark = pytest.mark.django_db(transaction=True)


def said(pieces: Pieces) -> list[str]:
    """The prompts, and of what is filled in its value."""
    for prompt, value in pieces:
        assert (prompt in SPOKEN) == bool(value)
        assert prompt in SPOKEN | PROMPTS or prompt.startswith("refused.")
    return [value or prompt for prompt, value in pieces]


def asked(line: Line, resident: Resident | None, **more: str) -> Terms:
    return terms(line.ask(resident, **more), "es")


def test_f24_t6_what_the_outside_party_hears_before_it_costs_anything(line: Line, resident: Resident) -> None:
    line.put(PPC, 1000)
    TelephoneSettings.objects.update(records=True, caller_id="+15185550100", ring_seconds=30)
    found = asked(line, resident)
    assert (found.allowed, found.code, found.number, found.caller_id) == (True, "", NUMBER, "+15185550100")
    assert (found.seconds, found.warn_at, found.ring_ms, found.payer) == (900, 840, 30_000, "prepaid_collect")
    assert (found.hold_cents, found.record, found.passive, found.language) == (165, True, False, "es")
    assert said(found.announcement) == [
        "call.hello", "Kinline", "call.prepaid_collect", "Daniel Sample", "call.at", "Sample North", "call.recorded",
        "accept.keys", "1", "price.keys", "9", "refuse.keys", "2", "block.keys", "7",
    ]  # fmt: skip
    assert said(found.price) == [
        "price.a_minute", "$0.11", "price.longest", "15", "price.minutes", "$1.65", "price.nothing_else",
        "price.complaints",
    ]  # fmt: skip


def test_the_same_key_gives_the_same_terms(line: Line, resident: Resident) -> None:
    line.put(PPC, 1000)
    first = line.ask(resident)
    assert terms(line.ask(resident, key=first.call.key)) == terms(first)
    refused = line.ask(resident)
    assert terms(line.ask(resident, key=refused.call.key)) == terms(refused)


def test_f28_who_pays_nothing_hears_that(line: Line, resident: Resident, now: datetime) -> None:
    KnownNumber.objects.create(agency=line.station.facility.agency, number=NUMBER, relay=True)
    found = asked(line, resident)
    assert (found.payer, found.hold_cents, said(found.price)) == ("", 0, ["price.free"])


def test_the_agency_pays(line: Line, resident: Resident, now: datetime) -> None:
    place = line.station.facility_id
    allowances.set_allowance(facility_id=place, kind="minutes", per_week=30, effective_from=now, now=now)
    found = asked(line, resident)
    assert (found.payer, said(found.price)[0]) == ("agency", "price.agency")


def test_a_privileged_call_says_that_nobody_listens(line: Line, resident: Resident, now: datetime) -> None:
    """M12: no word of recording."""
    line.put(chart.resident_calls(resident.pk), 1000)
    TelephoneSettings.objects.update(records=True)
    KnownNumber.objects.create(agency=line.station.facility.agency, number=NUMBER, privileged_since=now)
    found = asked(line, resident)
    assert not found.record
    assert "call.private" in said(found.announcement)
    assert "call.recorded" not in said(found.announcement)


def test_tel_13_a_courtesy_call_ends_with_how_to_add_money(line: Line, resident: Resident) -> None:
    TelephoneSettings.objects.update(courtesy_seconds=60)
    found = asked(line, resident)
    assert (found.seconds, found.warn_at, found.payer) == (60, 0, "")
    assert said(found.parting) == ["parting.add_money"]
    assert said(found.price) == ["price.free"]


def test_t7_a_hotline_asks_for_no_key(line: Line) -> None:
    Hotline.objects.create(facility=line.station.facility, keys="77", number="+18005550100", name="Sample hotline")
    found = asked(line, None, keys="77", pin="")
    assert (found.passive, found.announcement, found.record, found.number) == (True, (), False, "+18005550100")


def test_a_refusal_says_why_and_whether_to_try_again(line: Line, resident: Resident) -> None:
    wrong = asked(line, resident, pin="9999")
    assert (wrong.allowed, wrong.code, wrong.again, wrong.seconds) == (False, "wrong_pin", True, 0)
    assert said(wrong.refusal) == ["refused.wrong_pin"]
    poor = asked(line, resident)
    assert (poor.code, poor.again, poor.number) == ("no_money", False, "")


@pytest.mark.parametrize(
    ("language", "words"),
    [
        ("en", "from Daniel Sample, an incarcerated person at Sample North. To accept, press 1."),
        ("es", "que le hace Daniel Sample, una persona detenida en Sample North. Para aceptar, oprima 1."),
    ],
)
def test_t6_the_announcement_reads_as_a_sentence(line: Line, resident: Resident, language: str, words: str) -> None:
    line.put(PPC, 1000)
    assert words in as_text(terms(line.ask(resident), language).announcement, language)


def test_t6_where_nobody_says_who_they_are_the_sentence_needs_no_comma(line: Line, resident: Resident) -> None:
    line.put(PPC, 1000)
    TelephoneSettings.objects.update(asks="nothing")
    line.station.facility.refresh_from_db()
    written = as_text(terms(line.ask(None), "en").announcement, "en")
    assert "from an incarcerated person at Sample North." in written
