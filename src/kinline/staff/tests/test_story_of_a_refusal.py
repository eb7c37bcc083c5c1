"""`docs/stories/a-refusal.md`, step by step: from the word on a list to the appeal that is upheld."""

import re
from datetime import UTC, datetime, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest

from kinline.core.models import AuditEvent
from kinline.core.parties import Party
from kinline.delivery.services import NewPhrase
from kinline.flows import appeal_desk, watch_lists
from kinline.flows.decide_review import carry_out
from kinline.flows.tests.test_send import available, write
from kinline.identity.models import Role
from kinline.messaging import queries
from kinline.messaging.models import Appeal, AppealRuling, Message, Review, Ruling
from kinline.messaging.services.reviewing import LEASE, TIME_TO_WITHDRAW
from kinline.notices.models import Email, Notice

pytestmark = pytest.mark.django_db
STORY = (Path(__file__).resolve().parents[4] / "docs/stories/a-refusal.md").read_text()
TEXT = "Your cousin says she will hide a cake as contraband in the library book."
SAID = "The letter speaks of hiding something."


@pytest.fixture
def listed(south, member, now):
    """The South's list *Contraband* has the word, to be read by a person."""
    owner, at = member(Role.FACILITY_ADMIN, south), now - timedelta(days=2)
    values = {
        "name": "Contraband", "purpose": "Finds of May.", "until": at.date() + timedelta(days=90),
        "owner_id": owner.pk,
    }  # fmt: skip
    row = watch_lists.create_list(staff=owner, place=south, kind="words", values=values, now=at)
    watch_lists.add_phrases(
        staff=owner, place=south, list_id=row.pk, phrases=[NewPhrase("contraband", "review")], now=at
    )


def soon():
    return datetime.now(UTC) + TIME_TO_WITHDRAW + timedelta(seconds=1)


def test_the_story(listed, south, money, mother, mother_party, resident_south, contact_south, member, staff_client,
                   family_client, now):  # fmt: skip
    ana, luis = family_client(mother), Party("resident", resident_south.pk)
    money(mother_party, 200)

    # 1. Held
    letter = write(mother_party, contact_south, now, TEXT).message_id
    assert available(mother_party) == 150
    assert [one["then"] for one in Message.objects.get().decision["fired"]] == ["wait", "hours", "review"]
    page = ana.get(f"/messages/{letter}/").content.decode()
    assert "Being read by the facility since" in page
    assert "Take it back" in page
    assert queries.letter(luis, letter, now=now) is None

    # 2. Claimed and read
    reviewer = staff_client(member(Role.REVIEWER, south))
    assert "On the list “Contraband”" in reviewer.get("/staff/review/").content.decode()
    reviewer.post(f"/staff/review/{letter}/", {"act": "claim"})
    assert Review.objects.get().claimed_until - datetime.now(UTC) <= LEASE == timedelta(minutes=15)
    assert "<mark>contraband</mark>" in reviewer.get(f"/staff/review/{letter}/").content.decode()
    assert AuditEvent.objects.get(act="message.read").detail == {"purpose": "review"}

    # 3. Refused, in ten seconds
    typed = {"act": "refuse", "reason": "threat", "explanation": SAID}
    for without in ("reason", "explanation"):
        reviewer.post(f"/staff/review/{letter}/", typed | {without: ""})
    assert not Ruling.objects.exists()
    reviewer.post(f"/staff/review/{letter}/", typed)
    assert "Being read by the facility since" in ana.get(f"/messages/{letter}/").content.decode()
    carry_out(ruling_id=Ruling.objects.get().pk, now=soon())
    assert available(mother_party) == 200
    assert {one.user_id or one.resident_id for one in Notice.objects.all()} == {mother.pk, resident_south.pk}
    assert all(one.params["explanation"] == SAID for one in Notice.objects.all())
    assert SAID not in str(Email.objects.filter(user=mother).values())

    # 4. Appealed
    today = datetime.now(UTC).astimezone(ZoneInfo(south.time_zone)).date()
    windows = [(queries.refusal(one, letter, now=now).last_day - today).days for one in (mother_party, luis)]
    assert windows == [20, 10]
    ana.post(f"/appeals/new/{letter}/", {"text": "It was a joke about a cartoon."})
    appeal = Appeal.objects.get()
    assert available(mother_party) == 200

    # 5. Decided again
    assert reviewer.get(f"/staff/appeals/{appeal.pk}/").status_code == 403
    decider = staff_client(member(Role.SUPERVISOR, south))
    shown = decider.get(f"/staff/appeals/{appeal.pk}/").content.decode()
    for words in ("It was a joke about a cartoon.", SAID, "<mark>contraband</mark>"):
        assert words in shown
    decider.post(f"/staff/appeals/{appeal.pk}/", {"outcome": "won", "answer": "It is plainly a joke."})
    assert queries.letter(luis, letter, now=now) is None, "not within the ten seconds"
    appeal_desk.carry_out(ruling_id=AppealRuling.objects.get().pk, now=soon())
    arrived = queries.letter(luis, letter, now=datetime.now(UTC))
    assert (arrived.body, arrived.sent_at, arrived.free) == (TEXT, now, True)
    assert "It is plainly a joke." in str(Notice.objects.filter(kind="appeal_won").values())
    assert available(mother_party) == 200


@pytest.mark.parametrize("name", sorted(set(re.findall(r"`((?:flows|delivery)\.[a-z_.]+)", STORY))))
def test_what_the_story_names_is_there(name):
    from importlib import import_module

    module, _, what = f"kinline.{name}".rpartition(".")
    assert hasattr(import_module(module), what)
