"""T8, TEL-4: limits of place, unit, resident and number; the most restrictive wins; a try says which."""

from datetime import time

import pytest

from kinline.core.models import AuditEvent
from kinline.identity.models import Role
from kinline.telephony.models import CallLimits, LineHours, TelephoneSettings
from kinline.telephony.queries import authority

pytestmark = pytest.mark.django_db
NUMBER = "+18135550142"
LIMITS, NEW, TRY = "/staff/limits/", "/staff/limits/new/", "/staff/limits/try/"


@pytest.fixture
def desk(staff_client, admin):
    return staff_client(admin)


@pytest.fixture
def offered(north):
    north.calls_offered = True
    north.save()
    return TelephoneSettings.objects.create(facility=north, places=["domestic"])


def text(answer) -> str:
    return answer.content.decode()


def acts() -> list[str]:
    return list(AuditEvent.objects.filter(act__startswith="limit.").order_by("pk").values_list("act", flat=True))


def test_none_is_set(desk):
    assert "No limit is set." in text(desk.get(LIMITS))


def test_of_a_unit_with_hours(desk, north):
    data = {
        "of": "unit", "unit": north.units.get().pk, "seconds": "15", "seconds_a_day": "60", "pause_seconds": "5",
        "days_0": ["0", "1", "2"], "opens_0": "07:00", "closes_0": "21:30",
        "days_1": ["6"], "opens_1": "20:00", "closes_1": "01:00",
    }  # fmt: skip
    assert desk.post(NEW, data).status_code == 303
    row = CallLimits.objects.get()
    assert (row.unit, row.seconds, row.calls_a_day, row.seconds_a_day, row.pause_seconds, row.record) == (
        north.units.get(), 900, None, 3600, 300, True,
    )  # fmt: skip
    assert set(row.hours.values_list("days", "opens", "closes")) == {
        ("012", time(7), time(21, 30)), ("6", time(20), time(1)),
    }  # fmt: skip
    page = text(desk.get(LIMITS))
    for words in ("Unit A", "Longest call: 15 minutes", "Monday to Wednesday: 7:00 am to 9:30 pm",
                  "Sunday: 8:00 pm to 1:00 am of the next day"):  # fmt: skip
        assert words in page
    assert acts() == ["limit.set"]


@pytest.mark.parametrize(
    ("data", "column"),
    [
        ({"of": "place"}, {"unit": None, "resident": None, "number": ""}),
        ({"of": "number", "number": "(813) 555-0142"}, {"number": NUMBER}),
        ({"of": "resident", "resident": "1001"}, {"resident__number": "1001"}),
    ],
)
def test_of_each_kind_once(desk, resident, data, column):
    values = {**data, "calls_a_day": "0", "unrecorded": "on"}
    assert desk.post(NEW, values).status_code == 303
    assert CallLimits.objects.filter(calls_a_day=0, record=False, **column).count() == 1
    answer = desk.post(NEW, values)
    assert answer.status_code == 422
    assert "already a limit" in text(answer)
    assert CallLimits.objects.count() == 1


@pytest.mark.parametrize(
    ("data", "told"),
    [
        ({"of": "unit"}, "Say which"), ({"of": "x"}, "valid choice"),
        ({"of": "unit", "unit": "999999"}, "valid choice"),
        ({"of": "resident", "resident": "9999"}, "Nobody who is here"),
        ({"of": "resident", "resident": "1002"}, "Nobody who is here"),
        ({"of": "number", "number": "911"}, "Emergency"), ({"seconds": "0"}, "Type 1 or more"),
        ({"seconds": "241"}, "Type 240 at most"), ({"seconds": "x"}, "seconds such as 1:30"),
        ({"calls_a_day": "-1"}, "0 or more"),
        ({"days_0": ["1"], "opens_0": "07:00"}, "Choose days"),
        ({"opens_2": "07:00", "closes_2": "08:00"}, "Choose days"),
        ({"days_0": ["9"], "opens_0": "07:00", "closes_0": "08:00"}, "valid choice"),
        ({"days_0": ["1"], "opens_0": "25:00", "closes_0": "08:00"}, "such as 21:30"),
    ],
)  # fmt: skip
def test_bad_input_is_kept_as_typed(desk, resident_south, data, told):
    answer = desk.post(NEW, {"of": "place", "seconds": "17", **data})
    assert answer.status_code == 422
    assert told in text(answer)
    assert not CallLimits.objects.exists()


def test_changed_and_taken_away_by_the_first_of_two(desk, north):
    row = CallLimits.objects.create(facility=north, seconds=900)
    LineHours.objects.create(limits=row, days="0", opens=time(7), closes=time(21))
    where = f"{LIMITS}{row.pk}/"
    page = text(desk.get(where))
    seen = page.split('name="seen" value="')[1].split('"')[0]
    assert 'value="15"' in page
    data = {"act": "change", "seen": seen, "seconds": "20", "days_0": ["0"], "opens_0": "07:00", "closes_0": "22:00"}
    assert desk.post(where, data).status_code == 303
    row.refresh_from_db()
    assert (row.seconds, row.hours.get().closes) == (1200, time(22))
    for again in ({**data, "seconds": "30"}, {"act": "remove", "seen": seen}):
        assert "Somebody changed this limit" in text(desk.post(where, again, follow=True))
    assert CallLimits.objects.get().seconds == 1200
    seen = text(desk.get(where)).split('name="seen" value="')[1].split('"')[0]
    desk.post(where, {"act": "remove", "seen": seen})
    assert not CallLimits.objects.exists()
    assert acts() == ["limit.set", "limit.remove"]
    assert desk.post(where, {"act": "remove", "seen": seen}).status_code == 404


@pytest.mark.parametrize(("typed", "seconds"), [("15", 900), ("1:30", 90), ("1:05", 65), (" 2 ", 120)])
def test_minutes_may_have_seconds(desk, typed, seconds):
    assert desk.post(NEW, {"of": "place", "seconds": typed}).status_code == 303
    assert CallLimits.objects.get().seconds == seconds


def test_odd_seconds_that_were_set_elsewhere_stay(desk, north):
    """Whoever changes another part of a limit does not round this one."""
    row = CallLimits.objects.create(facility=north, seconds=100, seconds_a_day=3_601, pause_seconds=45)
    where = f"{LIMITS}{row.pk}/"
    page = text(desk.get(where))
    shown = {name: page.split(f'name="{name}" value="')[1].split('"')[0] for name in ("seconds", "seconds_a_day")}
    assert shown == {"seconds": "1:40", "seconds_a_day": "60:01"}
    seen = page.split('name="seen" value="')[1].split('"')[0]
    data = {"act": "change", "seen": seen, **shown, "pause_seconds": "0:45", "calls_a_day": "3"}
    assert desk.post(where, data).status_code == 303
    row.refresh_from_db()
    assert (row.seconds, row.seconds_a_day, row.pause_seconds, row.calls_a_day) == (100, 3_601, 45, 3)


def test_hours_that_are_many_are_all_kept(desk, north):
    row = CallLimits.objects.create(facility=north, seconds=900)
    for day in "0123456":
        LineHours.objects.create(limits=row, days=day, opens=time(7 + int(day)), closes=time(21))
    page = desk.get(f"{LIMITS}{row.pk}/")
    data = {bound.html_name: bound.value() for bound in page.context["form"] if bound.value()} | {"act": "change"}
    assert desk.post(f"{LIMITS}{row.pk}/", data).status_code == 303
    assert sorted(row.hours.values_list("days", flat=True)) == list("0123456")


def test_another_places_limit_is_not_there(desk, south, resident_south):
    row = CallLimits.objects.create(facility=south, seconds=900)
    CallLimits.objects.create(facility=south, resident=resident_south, seconds=900)
    assert "Samuel" not in text(desk.get(LIMITS))
    assert desk.get(f"{LIMITS}{row.pk}/").status_code == 404
    assert desk.post(f"{LIMITS}{row.pk}/", {"act": "remove", "seen": ""}).status_code == 404
    assert CallLimits.objects.count() == 2


@pytest.mark.parametrize(
    ("role", "sees"), [(Role.SUPERVISOR, True), (Role.AUDITOR, True), (Role.FINANCE, False), (Role.MAILROOM, False)]
)
def test_who_only_reads(staff_client, member, north, role, sees):
    row = CallLimits.objects.create(facility=north, seconds=900)
    client = staff_client(member(role, north))
    assert client.get(LIMITS).status_code == (200 if sees else 403)
    assert client.get(TRY).status_code == (200 if sees else 403)
    for where in (NEW, f"{LIMITS}{row.pk}/"):
        assert client.get(where).status_code == 403
    client.post(NEW, {"of": "place", "calls_a_day": "3"})
    client.post(f"{LIMITS}{row.pk}/", {"act": "remove", "seen": ""})
    assert CallLimits.objects.get() == row


class TestTry:
    def test_the_most_restrictive_wins_field_by_field(self, desk, north, resident, offered):
        """T8: place 20 minutes, resident 15, number 10."""
        CallLimits.objects.create(facility=north, seconds=1200, calls_a_day=3)
        CallLimits.objects.create(facility=north, resident=resident, seconds=900, calls_a_day=5)
        CallLimits.objects.create(facility=north, number=NUMBER, seconds=600, record=False)
        page = text(desk.get(TRY, {"resident": "1001", "n": "813 555 0142"}))
        assert "It would be put through, for 10 minutes" in page
        won = page.split("By the limit of")[1].split("</table>")[0]
        assert "10 minutes</td><td><bdi>(813) 555-0142" in won
        assert "3 calls</td><td><bdi>The whole place" in won
        assert "yes</td><td><bdi>(813) 555-0142" in won

    def test_no_calls_a_day_is_a_limit(self, desk, north, resident, offered):
        CallLimits.objects.create(facility=north, resident=resident, calls_a_day=0)
        page = text(desk.get(TRY, {"resident": "1001", "n": NUMBER}))
        assert "It would not be put through" in page
        assert "0 calls</td><td><bdi>Daniel Sample 1001" in page

    def test_without_a_number_or_anybody(self, desk, north, offered):
        CallLimits.objects.create(facility=north, unit=north.units.get(), seconds=300)
        assert "for 5 minutes" in text(desk.get(TRY, {"unit": north.units.get().pk, "n": ""}))
        assert "for 240 minutes" in text(desk.get(TRY, {"n": ""}))

    def test_a_refusal_says_why(self, desk, north, resident, offered):
        offered.lists_numbers = True
        offered.save()
        page = text(desk.get(TRY, {"resident": "1001", "n": "813 555 0142"}))
        assert "It would not be put through" in page
        assert "Not on the resident&#x27;s list" in page

    @pytest.mark.parametrize("data", [{"n": "911"}, {"n": "", "resident": "1002"}, {"n": "", "unit": "x"}])
    def test_bad_input(self, desk, resident_south, data):
        assert desk.get(TRY, data).status_code == 422

    def test_it_decides_as_a_call_is_decided(self, north, resident, offered):
        """The rows that the try shows are those that count."""
        for of in (
            {},
            {"unit": north.units.get()},
            {"resident": resident},
            {"number": NUMBER},
            {"number": "+18135550199"},
        ):
            CallLimits.objects.create(facility=north, seconds=60, **of)
        asked = {"facility_id": north.pk, "unit_id": north.units.get().pk, "resident_id": resident.pk, "number": NUMBER}
        assert len(authority.limit_rows(**asked)) == len(authority.limits(**asked)) == 4
