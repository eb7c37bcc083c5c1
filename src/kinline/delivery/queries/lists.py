"""Reads of watch lists. The facility, at which the caller has checked the right to read them, comes first."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from django.db import connection
from django.db.models import Q, QuerySet

from kinline.delivery.models import Phrase, WatchedPerson, WatchList
from kinline.facilities.models import Facility
from kinline.identity.models import User

SOON = timedelta(days=14)  # a list that ends within is shown as ending
PAGE = 100


@dataclass(frozen=True, slots=True)
class Figures:
    """`hits`: letters in which it fired. `judged`: of them, those of which a person has said whether it was right to;
    `false`: of these, those where it was not. Who says nothing has said it by the decision on a letter that it held or
    refused: delivered after all, at once or on appeal, it was not."""

    hits: int = 0
    judged: int = 0
    false: int = 0
    last_at: datetime | None = None

    @property
    def false_percent(self) -> int | None:
        """The false-hit rate (STF-6); None before anybody has said anything."""
        return round(100 * self.false / self.judged) if self.judged else None


@dataclass(frozen=True, slots=True)
class ListRow:
    """`over`: its last day has passed, so it does nothing; `soon`: that will be so within two weeks."""

    list: WatchList
    entries: int
    figures: Figures
    over: bool
    soon: bool


@dataclass(frozen=True, slots=True)
class PhraseRow:
    phrase: Phrase
    figures: Figures


@dataclass(frozen=True, slots=True)
class PersonRow:
    person: WatchedPerson
    figures: Figures


@dataclass(frozen=True, slots=True)
class HitRow:
    """A letter in which the list fired: what of it, and where the letter is. `words`: phrases; empty: a person.

    `said`: right, false, or nothing yet; `marked`: the same, if somebody has marked it and not only decided.
    """

    message_id: int
    at: datetime
    words: str
    state: str
    said: str
    marked: str


@dataclass(frozen=True, slots=True)
class FiredList:
    """A list that fired in one letter, and what is marked of it there."""

    id: int
    name: str
    words: str
    marked: str


def today_at(place: Facility, now: datetime) -> date:
    return now.astimezone(ZoneInfo(place.time_zone)).date()


def lists_of(place: Facility, now: datetime) -> list[ListRow]:
    """Every list that is not ended, those that stopped first."""
    rows = WatchList.objects.filter(facility=place, ended_at=None).select_related("owner")
    figures = _figures("list_id", [row.pk for row in rows])
    sizes = _sizes([row.pk for row in rows])
    today = today_at(place, now)
    found = [_row(row, sizes.get(row.pk, 0), figures.get(row.pk, Figures()), today) for row in rows]
    return sorted(found, key=lambda one: (not one.over, one.list.name.lower()))


def _row(row: WatchList, entries: int, figures: Figures, today: date) -> ListRow:
    return ListRow(row, entries, figures, row.until < today, _ends_soon(row, today))


def list_of(place: Facility, list_id: int, now: datetime) -> ListRow | None:
    """None: another place's, ended, or there is none."""
    row = WatchList.objects.filter(facility=place, pk=list_id, ended_at=None).select_related("owner", "reason").first()
    if row is None:
        return None
    figures = _figures("list_id", [row.pk]).get(row.pk, Figures())
    return _row(row, _sizes([row.pk]).get(row.pk, 0), figures, today_at(place, now))


@dataclass(frozen=True, slots=True)
class Kept:
    """What the lists of a place do now, without what is on them: tiers of their words and of their people.

    `refuse` among the words only where the place lets words refuse and the list has what people are told then.
    """

    words: frozenset[str]
    people: frozenset[str]


def kept_of(place: Facility, now: datetime) -> Kept:
    """For the public page (DEL-8). One statement."""
    rows = _all(_KEPT, {"place": place.pk, "today": today_at(place, now)})
    return Kept(
        frozenset(tier for kind, tier in rows if kind != "people"),
        frozenset(tier for kind, tier in rows if kind == "people"),
    )


def names_of(facility_id: int, ids: Sequence[int]) -> dict[int, str]:
    """Also of lists that are ended."""
    return dict(WatchList.objects.filter(facility_id=facility_id, pk__in=ids).values_list("pk", "name"))


def phrase_texts(facility_id: int, ids: Sequence[int]) -> dict[int, str]:
    """As they were typed; also of phrases that are removed."""
    return dict(Phrase.objects.filter(list__facility_id=facility_id, pk__in=ids).values_list("pk", "text"))


def over_count(place: Facility, now: datetime) -> int:
    """How many lists have stopped and wait for somebody to look."""
    return WatchList.objects.filter(facility=place, ended_at=None, until__lt=today_at(place, now)).count()


def phrases_of(row: WatchList, words: str = "", page: int = 1) -> tuple[list[PhraseRow], int]:
    """One page of its phrases by text, and how many there are. `words`: only those that hold these letters."""
    found = row.phrases.filter(removed_at=None)
    if words:
        found = found.filter(Q(text__icontains=words) | Q(folded__icontains=words))
    start = PAGE * (max(1, page) - 1)
    rows = list(found.order_by("folded", "pk")[start : start + PAGE])
    figures = _figures("phrase_id", [one.pk for one in rows])
    return [PhraseRow(one, figures.get(one.pk, Figures())) for one in rows], found.count()


def people_of(row: WatchList) -> list[PersonRow]:
    rows = list(row.people.filter(removed_at=None).select_related("resident", "user").order_by("pk"))
    figures = _figures("person_id", [one.pk for one in rows])
    return [PersonRow(one, figures.get(one.pk, Figures())) for one in rows]


def followers(row: WatchList) -> list[User]:
    return list(User.objects.filter(pk__in=row.followers.values("user_id")).order_by("username"))


def over_untold(now: datetime) -> list[WatchList]:
    """Lists whose last day has passed where they are, and whose owner is not told of it."""
    past: QuerySet[WatchList] = WatchList.objects.filter(ended_at=None, until__lte=now.date() + timedelta(days=1))
    rows = past.select_related("owner", "facility").order_by("pk")
    return [one for one in rows if one.until < today_at(one.facility, now) and one.told_until != one.until]


def ending_untold(now: datetime) -> list[WatchList]:
    """Lists that stop within two weeks, and whose owner is not told of it."""
    coming = WatchList.objects.filter(ended_at=None, until__lte=now.date() + SOON + timedelta(days=1))
    rows = coming.select_related("owner", "facility").order_by("pk")
    return [one for one in rows if _ends_soon(one, today_at(one.facility, now)) and one.warned_until != one.until]


def _ends_soon(row: WatchList, today: date) -> bool:
    return today <= row.until < today + SOON


def letters_untold(row: WatchList) -> int:
    """In how many letters it fired since its followers were told last."""
    hits = row.hits.filter(at__gt=row.alerted_at) if row.alerted_at else row.hits.all()
    return hits.values("message_id").distinct().count()


# The statements read `messaging_message` and `messaging_review`, tables of a domain above, by name (as contacts do).
_SAID = """
    SELECT h.list_id, h.phrase_id, h.person_id, h.message_id, h.at, h.judged AS marked,
           CASE WHEN h.judged <> '' THEN h.judged
                WHEN coalesce(p.tier, w.tier) = 'alert' THEN ''
                WHEN EXISTS (SELECT 1 FROM messaging_appeal a
                              WHERE a.review_id = r.id AND a.outcome = 'won') THEN 'false'
                WHEN r.decided_by_id IS NULL THEN ''
                WHEN r.decision = 'release' THEN 'false'
                WHEN r.decision = 'refuse' THEN 'right' ELSE '' END AS said
      FROM delivery_hit h
      LEFT JOIN delivery_phrase p ON p.id = h.phrase_id
      LEFT JOIN delivery_watchedperson w ON w.id = h.person_id
      LEFT JOIN messaging_review r ON r.message_id = h.message_id
"""
_FIGURES = """
    SELECT {column}, count(DISTINCT message_id), max(at), count(DISTINCT message_id) FILTER (WHERE said <> ''),
           count(DISTINCT message_id) FILTER (WHERE said = 'false')
      FROM ({said} WHERE h.{column} = ANY(%s)) AS hits GROUP BY {column}
"""
_SIZES = """
    SELECT list_id, count(*) FROM (
        SELECT list_id FROM delivery_phrase WHERE removed_at IS NULL AND list_id = ANY(%(ids)s)
        UNION ALL SELECT list_id FROM delivery_watchedperson WHERE removed_at IS NULL AND list_id = ANY(%(ids)s)) AS e
     GROUP BY list_id
"""
_KEPT = """
    SELECT DISTINCT l.kind, CASE WHEN e.tier <> 'refuse' OR s.may_refuse AND l.reason_id IS NOT NULL
                                      AND coalesce(l.why->>'en', '') <> '' THEN e.tier ELSE 'review' END
      FROM delivery_watchlist l
      JOIN (SELECT list_id, tier, removed_at FROM delivery_phrase
            UNION ALL SELECT list_id, tier, removed_at FROM delivery_watchedperson) e ON e.list_id = l.id
      LEFT JOIN delivery_screening s ON s.facility_id = l.facility_id
     WHERE l.facility_id = %(place)s AND l.ended_at IS NULL AND l.until >= %(today)s AND e.removed_at IS NULL
"""
_HITS = """
    SELECT s.message_id, max(s.at), string_agg(DISTINCT coalesce(p.text, ''), ' · '), max(m.state), max(s.said),
           max(s.marked)
      FROM ({said} WHERE h.list_id = %s) AS s LEFT JOIN delivery_phrase p ON p.id = s.phrase_id
      JOIN messaging_message m ON m.id = s.message_id
     GROUP BY s.message_id ORDER BY max(s.at) DESC, s.message_id DESC LIMIT %s
"""
_OF_LETTER = """
    SELECT l.id, l.name, string_agg(DISTINCT coalesce(p.text, ''), ' · '), max(h.judged)
      FROM delivery_hit h JOIN delivery_watchlist l ON l.id = h.list_id
      LEFT JOIN delivery_phrase p ON p.id = h.phrase_id
     WHERE h.message_id = %s AND l.facility_id = %s AND l.ended_at IS NULL GROUP BY l.id, l.name ORDER BY l.name, l.id
"""


def _figures(column: str, ids: Sequence[int]) -> dict[int, Figures]:
    rows = _all(_FIGURES.format(column=column, said=_SAID), [list(ids)])
    return {pk: Figures(hits, decided, passed, last) for pk, hits, last, decided, passed in rows}


def _sizes(ids: Sequence[int]) -> dict[int, int]:
    return dict(_all(_SIZES, {"ids": list(ids)}))


def last_hits(row: WatchList, limit: int = 20) -> list[HitRow]:
    """The newest letters in which it fired."""
    return [HitRow(*found) for found in _all(_HITS.format(said=_SAID), [row.pk, limit])]


def fired_in(place: Facility, message_id: int) -> list[FiredList]:
    """The lists of this place that fired in a letter and are not ended, by name."""
    return [FiredList(*found) for found in _all(_OF_LETTER, [message_id, place.pk])]


def _all(sql: str, values: Any) -> list[tuple[Any, ...]]:
    with connection.cursor() as cursor:
        cursor.execute(sql, values)
        rows: list[tuple[Any, ...]] = cursor.fetchall()
        return rows


def list_refusing_with(facility_id: int, code: str) -> str | None:
    """The name of a list that has not ended and gives this reason; one whose last day is over may be prolonged."""
    rows = WatchList.objects.filter(facility_id=facility_id, reason__code=code, ended_at=None)
    return rows.order_by("name").values_list("name", flat=True).first()
