"""`allowance`, `agency statement|paid` and the new settings of `facility set` (MON-8, MSG-3, STF-4)."""

import io
import uuid
from datetime import UTC, date, datetime

import pytest
from django.core.management import CommandError, call_command
from django.utils import timezone

from kinline.contacts.models import Contact
from kinline.core.models import AuditEvent
from kinline.core.parties import Party
from kinline.facilities.models import Agency, Facility
from kinline.flows import proof
from kinline.flows.send_message import send
from kinline.identity import services as identity
from kinline.identity.models import Role, User
from kinline.ledger import chart
from kinline.ledger import queries as ledger
from kinline.payments.models import Allowance
from kinline.payments.queries.agency import Paid, Used, agency_statement

pytestmark = pytest.mark.usefixtures("north", "south")


def run(*words: object) -> str:
    printed = io.StringIO()
    call_command(*map(str, words), stdout=printed, stderr=io.StringIO())
    return printed.getvalue()


def everything() -> tuple[object, ...]:
    return (
        list(Facility.objects.order_by("pk").values()), list(Allowance.objects.order_by("pk").values()),
        AuditEvent.objects.count(), ledger.totals(),
    )  # fmt: skip


def refused(*words: object) -> str:
    """The refusal of a command; nothing was changed by it."""
    before = everything()
    with pytest.raises(CommandError) as error:
        run(*words)
    assert everything() == before
    return str(error.value)


@pytest.fixture
def county(agency: Agency, north: Facility, south: Facility, long_ago: datetime) -> User:
    """Administers the whole agency."""
    user = identity.create_staff(
        username="county", email="county@staff.example", password="a long sample password", first_name="C",
        last_name="County", now=long_ago,
    )  # fmt: skip
    for place in (north, south):
        identity.grant_role(user_id=user.pk, facility_id=place.pk, role=Role.AGENCY_ADMIN, now=long_ago)
    return user


def test_an_allowance_is_set_shown_and_ended(north: Facility, county: User) -> None:
    assert "No allowance." in run("allowance", "show")
    assert "3 messages a resident and week" in run("allowance", "set", "sample-north", 3, "--as", "county")
    run("allowance", "set", "sample-north", 60, "--kind", "minutes", "--from", "2099-01-01", "--as", "county")
    shown = run("allowance", "show", "sample-north", "--as", "county")
    assert "3 messages a resident and week, from" in shown
    assert "60 minutes a resident and week, from 2099-01-01 00:00 EST" in shown
    run("allowance", "set", "sample-north", 0, "--as", "county")
    shown = run("allowance", "show")
    assert "0 messages" in shown
    assert "3 messages" not in shown
    acts = AuditEvent.objects.filter(act="allowance.set", actor=f"staff:{county.pk}", facility_id=north.pk)
    assert [event.detail["per_week"] for event in acts.order_by("pk")] == [3, 60, 0]


@pytest.mark.parametrize(
    ("words", "code"),
    [
        (("sample-north", "-1"), "allowance_too_large"),
        (("sample-north", "10081"), "allowance_too_large"),
        (("sample-north", "3", "--from", "2020-01-01"), "allowance_in_the_past"),
        (("sample-north", "3", "--from", "soon"), "not a moment"),
        (("sample-north", "many"), "invalid int"),
        (("nowhere", "3"), "no facility nowhere"),
    ],
)
def test_bad_words_set_nothing(words: tuple[str, ...], code: str, county: User) -> None:
    slug, number, *more = words
    assert code in refused("allowance", "set", slug, *more, "--as", "county", "--", number)


def test_only_whoever_sets_prices_gives_allowances(admin: User, officer: User) -> None:
    """It is the agency's money: not a facility's administrator."""
    for name in ("admin", "officer"):
        assert "not_permitted" in refused("allowance", "set", "sample-north", 3, "--as", name)
    assert "not_permitted" in refused("allowance", "show", "sample-north", "--as", "officer")
    run("allowance", "set", "sample-north", 3)
    assert "No allowance." in run("allowance", "show", "--as", "officer")


def test_facility_settings_of_money(admin: User) -> None:
    run(
        "facility", "set", "sample-north", "--reply-days", 14, "--week-starts", 6, "--pin-debit", "no",
        "--resident-deposits", "no", "--as", "admin",
    )  # fmt: skip
    place = Facility.objects.get(slug="sample-north")
    assert (place.reply_days, place.week_starts, place.pin_debit, place.resident_deposits) == (14, 6, False, False)
    shown = run("facility", "show", "sample-north")
    assert "prepaid replies: 14 days; weeks of allowances begin on Sunday" in shown
    assert "takes money for: message credits, prepaid_numbers" in shown
    run("facility", "set", "sample-north", "--reply-days", 0, "--as", "admin")
    assert "prepaid replies: not offered" in run("facility", "show", "sample-north")


@pytest.mark.parametrize(("setting", "value"), [("--week-starts", 7), ("--week-starts", -1), ("--reply-days", 366)])
def test_settings_that_make_no_sense(setting: str, value: int, admin: User) -> None:
    assert "bad_setting" in refused("facility", "set", "sample-north", f"{setting}={value}", "--as", "admin")


def test_settings_by_somebody_who_may_not(officer: User) -> None:
    assert "not_permitted" in refused("facility", "set", "sample-north", "--reply-days", 3, "--as", "officer")


# The account


@pytest.fixture
def letters(north: Facility, contact: Contact, mother_party: Party, resident_party: Party, long_ago: datetime) -> None:
    """Two letters on 31 October there, one on 1 November (all of them 1 November in UTC), one on 2 December."""
    Allowance.objects.create(facility=north, kind="messages", per_week=5, effective_from=long_ago)
    Contact.objects.update(created_at=datetime(2026, 1, 1, tzinfo=UTC))
    Allowance.objects.update(effective_from=datetime(2026, 1, 1, tzinfo=UTC))
    for party, at in (
        (mother_party, "2026-11-01T03:00+00:00"),
        (resident_party, "2026-11-01T03:59+00:00"),
        (mother_party, "2026-11-01T04:00+00:00"),
        (mother_party, "2026-12-02T17:00+00:00"),
    ):
        sent = send(
            party, contact_id=contact.pk, subject="", body="x", client_key=uuid.uuid4(), collect=False,
            now=datetime.fromisoformat(at),
        )  # fmt: skip
        assert (sent.payer, sent.state) == ("agency", "delivered")


@pytest.fixture
def long_ago() -> datetime:
    """Before the letters of this module, whenever it runs."""
    return datetime(2025, 1, 1, tzinfo=UTC)


def test_the_statement_of_a_month(agency: Agency, north: Facility, south: Facility, letters: None) -> None:
    ids = [north.pk, south.pk]
    october, november, december, january = (
        agency_statement(ids, agency.pk, date(2026 + n // 12, n % 12 + 1, 1)) for n in (9, 10, 11, 12)
    )
    assert october.used == (Used(date(2026, 10, 31), north.pk, "Sample North", 2, 100),)
    assert [(month.opening_cents, month.used_cents, month.closing_cents) for month in (october, november)] == [
        (0, 100, 100), (100, 50, 150),
    ]  # fmt: skip
    assert (december.used_cents, december.closing_cents, january.opening_cents) == (50, 200, 200)
    assert december.closing_cents == -ledger.balance(chart.agency_funding(agency.pk)).posted_cents


def test_an_agency_is_seen_by_who_sees_all_of_it(
    agency: Agency, north: Facility, south: Facility, far: Facility, letters: None
) -> None:
    month = date(2026, 11, 1)
    assert agency_statement([north.pk], agency.pk, month) is None
    assert agency_statement([north.pk, south.pk], far.agency_id, month) is None
    assert agency_statement([far.pk], agency.pk, month) is None
    assert agency_statement([], 0, month) is None
    assert agency_statement([north.pk, south.pk, far.pk], agency.pk, month) is not None


def test_by_command(letters: None, county: User, admin: User) -> None:
    shown = run("agency", "statement", "sample-county", "--month", "2026-11", "--as", "county")
    assert [line.split() for line in shown.splitlines()] == [
        ["Sample", "County,", "2026-11", "(America/New_York)"],
        ["owed", "before", "$1.00"],
        ["2026-11-01", "Sample", "North", "1", "$0.50"],
        ["owed", "now", "$1.50"],
    ]
    assert "not_permitted" in refused("agency", "statement", "sample-county", "--as", "admin")
    for wrong in ("2026-13", "yesterday"):
        assert "invalid _month" in refused("agency", "statement", "sample-county", "--month", wrong, "--as", "county")


def test_the_agency_pays_its_account(
    letters: None, agency: Agency, north: Facility, south: Facility, county: User
) -> None:
    """The same transfer twice is one; another amount under its number is refused; the books agree."""
    for _ in range(2):
        assert "$2.50 of Sample County is booked" in run(
            "agency", "paid", "sample-county", 250, "--reference", " T  17", "--as", "county"
        )
    assert "deposit_key_reused" in refused(
        "agency", "paid", "sample-county", 251, "--reference", "T 17", "--as", "county"
    )
    assert "reference_needed" in refused("agency", "paid", "sample-county", 5, "--reference", "  ", "--as", "county")
    for cents in (0, -5, 1_000_000_001):
        words = ("agency", "paid", "sample-county", "--reference", "x", "--as", "county", "--", cents)
        assert "amount_too" in refused(*words)
    assert AuditEvent.objects.filter(act="agency.paid").count() == 1
    today = timezone.localdate(timezone=timezone.get_default_timezone())
    found = agency_statement([north.pk, south.pk], agency.pk, today)
    assert found is not None
    assert [(row.reference, row.cents) for row in found.paid] == [("T 17", 250)]
    assert isinstance(found.paid[0], Paid)
    totals = ledger.totals()
    assert (totals[chart.BANK], totals[chart.agency_funding(agency.pk)]) == (-250, 50)
    assert proof.differences() == []


def test_only_who_may_at_every_place_books_it(letters: None, admin: User) -> None:
    assert "not_permitted" in refused("agency", "paid", "sample-county", 5, "--reference", "x", "--as", "admin")


def test_an_agency_without_places(other_agency: Agency) -> None:
    assert "no facility yet" in refused("agency", "statement", "other-county")
    assert "not_permitted" in refused("agency", "paid", "other-county", 5, "--reference", "x")


def test_any_day_stands_for_its_month(agency: Agency, north: Facility, south: Facility, letters: None) -> None:
    ids = [north.pk, south.pk]
    first, last = (agency_statement(ids, agency.pk, day) for day in (date(2026, 12, 1), date(2026, 12, 31)))
    assert first == last
    assert first is not None
    assert first.month == date(2026, 12, 1)
