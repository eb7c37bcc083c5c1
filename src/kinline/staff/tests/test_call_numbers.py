"""T10, TEL-9: numbers that residents ask for: the queue, many at once, one with what is known, other places, races."""

import pytest

from kinline.core.models import AuditEvent
from kinline.facilities.models import Facility
from kinline.identity.models import Role
from kinline.notices.models import Notice
from kinline.residents.models import Resident
from kinline.telephony.models import AllowedNumber, KnownNumber, NumberBlock, SpeedDial, TelephoneSettings

pytestmark = pytest.mark.django_db
NUMBER, OTHER = "+18135550142", "+18135550143"
QUEUE = "/staff/numbers/asked/"


@pytest.fixture
def lists(north: Facility) -> TelephoneSettings:
    return TelephoneSettings.objects.create(facility=north, lists_numbers=True, places=["domestic"])


@pytest.fixture
def asks(lists, now):
    """`asks(resident, "+1…")`: a number that they asked for."""

    def made(who: Resident, number: str = NUMBER, name: str = "Marta", **more) -> AllowedNumber:
        return AllowedNumber.objects.create(
            resident=who, number=number, name=name, relation="mother", **{"asked_at": now, **more}
        )

    return made


@pytest.fixture
def desk(staff_client, officer):
    return staff_client(officer)


def text(answer) -> str:
    return answer.content.decode()


def acts() -> list[str]:
    return list(AuditEvent.objects.filter(act__startswith="number.").order_by("pk").values_list("act", flat=True))


def test_nobody_waits(desk, lists):
    assert "Nobody waits." in text(desk.get(QUEUE))
    assert "Numbers that residents ask for" not in text(desk.get("/staff/"))


def test_a_place_without_lists_says_so(desk, lists):
    lists.lists_numbers = False
    lists.save()
    assert "keeps no lists" in text(desk.get(QUEUE))


def test_what_waits_with_all_that_helps_to_decide(desk, asks, resident, resident_south, now, north):
    asks(resident)
    asks(resident_south)
    KnownNumber.objects.create(agency=north.agency, number=NUMBER, watched=True)
    page = text(desk.get(QUEUE))
    for words in ("(813) 555-0142", "Marta", "mother", "Daniel Sample", "1001", "watched"):
        assert words in page
    assert '<td class="num">1</td>' in page
    assert "Samuel" not in page
    assert "Numbers that residents ask for" in text(desk.get("/staff/"))


def test_many_at_once(desk, asks, resident):
    one, two, three = asks(resident), asks(resident, OTHER, "Nadia"), asks(resident, "+18135550144", "Pablo")
    answer = desk.post(QUEUE, {"id": [one.pk, two.pk], "act": "approve"}, follow=True)
    assert "2 numbers approved. The residents are told." in text(answer)
    assert list(AllowedNumber.objects.order_by("pk").values_list("approved", flat=True)) == [True, True, None]
    desk.post(QUEUE, {"id": [three.pk], "act": "deny", "reason": "A court says so."})
    three.refresh_from_db()
    assert (three.approved, three.denied_reason) == (False, "A court says so.")
    assert acts() == ["number.approve", "number.approve", "number.deny"]
    kinds = list(Notice.objects.filter(resident=resident).order_by("pk").values_list("kind", flat=True))
    assert kinds == ["number_approved", "number_approved", "number_denied"]


def test_a_denial_without_a_reason_does_nothing_and_keeps_the_ticks(desk, asks, resident):
    row = asks(resident)
    answer = desk.post(QUEUE, {"id": [row.pk], "act": "deny", "reason": " "})
    assert answer.status_code == 422
    assert "checked" in text(answer)
    row.refresh_from_db()
    assert (row.approved, acts()) == (None, [])


@pytest.mark.parametrize(
    "data", [{"id": ["x"], "act": "approve"}, {"id": ["1"]}, {"id": [str(n) for n in range(101)], "act": "approve"}]
)
def test_what_makes_no_sense(desk, asks, resident, data):
    asks(resident)
    assert desk.post(QUEUE, data).status_code == 400
    assert acts() == []


def test_nothing_ticked(desk, asks, resident):
    asks(resident)
    assert "Tick one or more" in text(desk.post(QUEUE, {"act": "approve"}, follow=True))


def test_decided_meanwhile_nothing_is_done_twice(desk, asks, resident, officer, now):
    row = asks(resident)
    AllowedNumber.objects.filter(pk=row.pk).update(
        approved=False, decided_at=now, decided_by=officer, denied_reason="No."
    )
    answer = desk.post(QUEUE, {"id": [row.pk], "act": "approve"}, follow=True)
    assert "was decided meanwhile" in text(answer)
    answer = desk.post(f"{QUEUE}{row.pk}/", {"act": "approve", "seen": "asked"}, follow=True)
    assert "Somebody decided this meanwhile" in text(answer)
    row.refresh_from_db()
    assert (row.approved, acts(), Notice.objects.count()) == (False, [], 0)


@pytest.mark.parametrize(
    ("asked", "found"),
    [("Marta", True), ("dan sam", True), ("1001", True), ("555-0142", True), ("nobody", False), ("01", False)],
)
def test_found_by_name_number_or_digits(desk, asks, resident, asked, found):
    asks(resident)
    assert ("(813) 555-0142" in text(desk.get(QUEUE, {"q": asked}))) is found


def test_other_states_are_found(desk, asks, resident, now):
    asks(resident, approved=True, decided_at=now)
    asks(resident, OTHER, "Nadia", removed_at=now)
    assert "Marta" not in text(desk.get(QUEUE))
    assert "Marta" in text(desk.get(QUEUE, {"shown": "approved"}))
    assert "Nadia" in text(desk.get(QUEUE, {"shown": "removed"}))
    assert desk.get(QUEUE, {"shown": "\x00nonsense", "q": "x" * 500}).status_code == 200


def test_one_of_them_and_an_approval_taken_back(desk, asks, resident, resident_south, now, north, officer):
    row = asks(resident)
    where = f"{QUEUE}{row.pk}/"
    NumberBlock.objects.create(facility=north, number=NUMBER, by="security", note="x", made_at=now)
    assert "blocked" in text(desk.get(where))
    desk.post(where, {"act": "approve", "seen": "asked"})
    row.refresh_from_db()
    assert (row.approved, row.decided_by) == (True, officer)
    SpeedDial.objects.create(resident=resident, keys="5", number=NUMBER)
    assert "Take the approval back" in text(desk.get(where))
    assert desk.post(where, {"act": "deny", "seen": "approved", "reason": ""}).status_code == 422
    desk.post(where, {"act": "deny", "seen": "approved", "reason": "The person asked for it."})
    row.refresh_from_db()
    assert (row.approved, row.denied_reason) == (False, "The person asked for it.")
    assert not SpeedDial.objects.exists()
    assert desk.post(where, {"act": "burn"}).status_code == 400


def test_another_places_numbers_are_not_there(desk, asks, resident_south, outsider):
    for who in (resident_south, outsider):
        row = asks(who)
        where = f"{QUEUE}{row.pk}/"
        assert desk.get(where).status_code == 404
        assert desk.post(where, {"act": "approve", "seen": "asked"}).status_code == 404
        desk.post(QUEUE, {"id": [row.pk], "act": "approve"})
        row.refresh_from_db()
        assert row.approved is None
    assert acts() == []


@pytest.mark.parametrize(
    ("role", "sees", "decides"),
    [
        (Role.SUPERVISOR, True, True), (Role.FACILITY_ADMIN, True, True), (Role.AUDITOR, True, False),
        (Role.INVESTIGATOR, True, False), (Role.FINANCE, False, False), (Role.MAILROOM, False, False),
        (Role.OMBUDSPERSON, False, False),
    ],
)  # fmt: skip
def test_who_may(staff_client, member, north, asks, resident, role, sees, decides):
    row, client = asks(resident), staff_client(member(role, north))
    answer = client.get(QUEUE)
    assert answer.status_code == (200 if sees else 403)
    assert ("Approve the ticked" in text(answer)) is decides
    client.post(QUEUE, {"id": [row.pk], "act": "approve"})
    row.refresh_from_db()
    assert row.approved is (True if decides else None)
