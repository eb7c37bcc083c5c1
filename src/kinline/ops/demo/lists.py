"""What the sample's north jail watches for: words in three tiers, somebody, a list that has stopped; and its rules."""

from datetime import date, datetime, timedelta
from typing import Any

from kinline.delivery import queries
from kinline.delivery.models import WatchList
from kinline.delivery.services import NewPhrase
from kinline.facilities.models import Facility
from kinline.flows import rule_sets, watch_lists
from kinline.identity.models import User
from kinline.ops.demo.calendar import OPENED_DAYS, ago, done_before
from kinline.ops.demo.places import Jail

WORDS: dict[str, tuple[str, dict[str, str]]] = {
    "Contraband": (
        "What was found in the mail room in the spring.",
        {"contraband": "review", "contrabando": "review", "shank": "review", "north gate": "review", "🔪": "review"},
    ),
    "Tools": (
        "A chisel is missing from the carpentry class.",
        {"chisel": "alert", "square": "alert", "small groove": "alert", "formón": "alert"},
    ),
    "Threats": (
        "Phrases that the court named.",
        {"you will be sorry": "refuse", "te vas a arrepentir": "refuse"},
    ),
}
STOPPED = "Visitors of May"
NUMBERS = "A number of May"
PEOPLE = "After the incident of May"
WATCHED = "10002"
_WHY = {"en": "It has a phrase that a court has forbidden.", "es": "Tiene una frase que un tribunal prohibió."}
LINKS = {
    "id": "links", "then": "review", "when": {"links": True},
    "why": {"en": "Letters with a link are read by a person first.", "es": "Una persona lee primero las cartas con un "
            "enlace."},
}  # fmt: skip
FIRST = {"id": "first-letters", "then": "review", "when": {"direction": "family", "first": True}}


def make(jail: Jail, now: datetime) -> None:
    """Before any letter is sent, so that some fire."""
    opened = ago(now, OPENED_DAYS, "09:00")
    owner, place = jail.staff["sample.investigator"], jail.north
    today = queries.today_at(place, opened)
    for name, (purpose, words) in WORDS.items():
        row = _list(place, owner, opened, name, purpose, until=today + timedelta(days=300))
        phrases = [NewPhrase(text, tier) for text, tier in words.items()]
        watch_lists.add_phrases(staff=None, place=place, list_id=row.pk, phrases=phrases, now=opened)
    until = today + timedelta(days=120)
    row = _list(place, owner, opened, NUMBERS, "It called for others.", until=until, kind="numbers")
    watch_lists.add_phrases(
        staff=None, place=place, list_id=row.pk, phrases=[NewPhrase("(555) 010-1234", "alert")], now=opened
    )
    row = _list(place, owner, opened, STOPPED, "Names of two visitors.", until=today + timedelta(days=50))
    watch_lists.add_phrases(
        staff=None, place=place, list_id=row.pk, phrases=[NewPhrase("Mr. Sampleman", "alert")], now=opened
    )
    _people(place, owner, opened, today)


def judge(jail: Jail, now: datetime) -> None:
    """The investigator has looked at what fired: a groove of a game is no chisel."""
    row = WatchList.objects.get(facility=jail.north, name="Tools")
    for message_id in row.hits.filter(phrase__text="small groove").values_list("message_id", flat=True):
        watch_lists.judge_hit(
            staff=jail.staff["sample.investigator"], place=jail.north, list_id=row.pk, message_id=message_id,
            judged="false", now=ago(now, 1, "16:00"),
        )  # fmt: skip


def make_rules(jail: Jail, now: datetime) -> None:
    """A second version, and a draft of the third."""
    place, admin = jail.north, jail.staff["sample.admin"]
    if len(queries.versions(place.pk)) < 2:
        _write(place, admin, LINKS, ago(now, 20, "10:00"))
        with done_before:
            draft = queries.draft(place.pk)
            rule_sets.publish(
                staff=admin, facility_id=place.pk, revision=draft.revision if draft else 0,
                now=ago(now, 20, "10:30"), note="Links are read first.",
            )  # fmt: skip
    _write(place, admin, FIRST, ago(now, 1, "15:00"))


def _write(place: Facility, admin: User, rule: dict[str, Any], at: datetime) -> None:
    rule_sets.begin_draft(staff=admin, facility_id=place.pk, now=at)
    draft = queries.draft(place.pk)
    with done_before:
        rule_sets.write_rule(
            staff=admin, facility_id=place.pk, revision=draft.revision if draft else 0, rule=rule, now=at
        )


def _list(
    place: Facility, owner: User, opened: datetime, name: str, purpose: str, *, until: date, kind: str = "words"
) -> WatchList:
    known = WatchList.objects.filter(facility=place, name=name).first()
    told = {"reason_code": "threat", "why": _WHY} if name == "Threats" else {}
    values = {"name": name, "purpose": purpose, "owner_id": owner.pk, "until": until} | told
    return known or watch_lists.create_list(staff=None, place=place, kind=kind, values=values, now=opened)


def _people(place: Facility, owner: User, opened: datetime, today: date) -> None:
    """Somebody whose letters the investigator hears of; they are delivered like everybody's."""
    until = today + timedelta(days=200)
    row = _list(place, owner, opened, PEOPLE, "Who was hurt and who saw it.", until=until, kind="people")
    if not row.people.exists():
        with done_before:
            watch_lists.add_person(staff=None, place=place, list_id=row.pk, who=WATCHED, tier="alert", now=opened)
