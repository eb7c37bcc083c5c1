"""Staff search the record of their place: who asks, and why, is written down before anything is shown (STF-3, REC5)."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from kinline.core.audit import record
from kinline.core.transaction import story
from kinline.facilities import queries as facilities
from kinline.flows.authority import require
from kinline.identity.models import User
from kinline.identity.permissions import Permission
from kinline.messaging import errors
from kinline.messaging.models import Search
from kinline.messaging.queries import found as queries
from kinline.messaging.queries.found import Asked, LetterFound, PersonFound
from kinline.messaging.services import searches as services
from kinline.payments.queries import found as books
from kinline.payments.queries.found import MoneyFound

OPEN_FOR = timedelta(minutes=30)  # then the purpose is asked again
PAGE = 20


@dataclass(frozen=True, slots=True)
class Answer:
    """What a search found. `new_since`: what is younger is new since the person looked last; None: the first time.

    `next`: the cursor of the next page of letters, or None.
    """

    search: Search
    letters: list[LetterFound]
    people: list[PersonFound]
    money: list[MoneyFound]
    new_since: datetime | None
    next: int | None


@story
def ask(
    *, staff: User, facility_id: int, what: str, words: str, since: date | None, until: date | None, purpose: str,
    now: datetime,
) -> int:  # fmt: skip
    """Write down a question with its purpose; its number. raises NotPermitted: money needs the right to read money."""
    actor = _may(staff, facility_id, what, now)
    search = services.ask(
        staff=staff, facility_id=facility_id, what=what, words=words, since=since, until=until, purpose=purpose, now=now
    )
    _noted(actor, "search.run", search, now)
    return search.pk


@story
def ask_again(*, staff: User, facility_id: int, search_id: int, purpose: str, now: datetime) -> None:
    """The same question, with a purpose of today. raises NotPermitted, SearchUnknown."""
    search = _own(staff, facility_id, search_id)
    actor = _may(staff, facility_id, search.what, now)
    services.ask_again(search, purpose=purpose, now=now)
    _noted(actor, "search.run", search, now)


@story
def look(*, staff: User, facility_id: int, search_id: int, before: int | None, now: datetime) -> Answer:
    """What it finds now. Each look is written down in the same transaction, so before anybody sees a result.

    raises NotPermitted, SearchUnknown, SearchOver when it was asked more than half an hour ago.
    """
    search = _open(staff, facility_id, search_id, now)
    _noted(_may(staff, facility_id, search.what, now), "search.look", search, now)
    return _FINDERS[search.what](search, staff, before)


def _letters(search: Search, staff: User, before: int | None) -> Answer:
    since, until = _span(search)
    asked = Asked(search.facility_id, search.words, since, until, staff.email)
    rows = queries.letters(asked, before=before, limit=PAGE + 1)
    following = rows[PAGE - 1].id if len(rows) > PAGE else None
    return Answer(search, rows[:PAGE], [], [], search.seen_at, following)


def _people(search: Search, _staff: User, _before: int | None) -> Answer:
    return Answer(search, [], queries.people(search.facility_id, search.words), [], search.seen_at, None)


def _money(search: Search, _staff: User, _before: int | None) -> Answer:
    return Answer(search, [], [], books.money([search.facility_id], search.words, *_span(search)), search.seen_at, None)


_FINDERS: dict[str, Callable[[Search, User, int | None], Answer]] = {
    "messages": _letters, "people": _people, "money": _money,
}  # fmt: skip


@story
def read(
    *, staff: User, facility_id: int, search_id: int, message_id: int, now: datetime
) -> tuple[Search, LetterFound, str]:
    """One letter that a search of this person may lead to, with its words; the look names the search's purpose.

    raises NotPermitted, SearchUnknown, SearchOver, NotFound: also for a privileged letter (DEL-7), and for one of a
    contact of one's own (STF-1).
    """
    search = _open(staff, facility_id, search_id, now)
    actor = _may(staff, facility_id, "messages", now)
    found = queries.letter(facility_id, message_id, staff.email)
    if found is None or search.what != "messages":
        raise errors.NotFound
    record(
        actor, "message.read", f"message:{message_id}", now=now, facility_id=facility_id, purpose=search.purpose,
        search=search.pk,
    )  # fmt: skip
    return search, *found


@story
def save(*, staff: User, facility_id: int, search_id: int, name: str, now: datetime) -> None:
    """Keep a search under a name, to be asked again. raises NotPermitted, SearchUnknown, SearchNameTaken."""
    search = _own(staff, facility_id, search_id)
    actor = _may(staff, facility_id, search.what, now)
    services.name(search, name)
    _noted(actor, "search.save", search, now)


@story
def forget(*, staff: User, facility_id: int, search_id: int) -> None:
    """It is saved no longer; what was asked stays on record. raises SearchUnknown."""
    services.name(_own(staff, facility_id, search_id), "")


def _may(staff: User, facility_id: int, what: str, now: datetime) -> str:
    if what == "money":
        require(staff, facility_id, Permission.READ_MONEY, now)
    return require(staff, facility_id, Permission.SEARCH_RECORD, now)


def _own(staff: User, facility_id: int, search_id: int) -> Search:
    search = queries.search_of(staff.pk, facility_id, search_id)
    if search is None:
        raise errors.SearchUnknown
    return search


def _open(staff: User, facility_id: int, search_id: int, now: datetime) -> Search:
    search = _own(staff, facility_id, search_id)
    if now - search.asked_at > OPEN_FOR:
        raise errors.SearchOver
    return search


def _span(search: Search) -> tuple[datetime | None, datetime | None]:
    """The days of the question by the place's clock."""
    zone = ZoneInfo(facilities.facilities_by_id([search.facility_id])[0].time_zone)
    since = datetime.combine(search.since, time(), zone) if search.since else None
    until = datetime.combine(search.until + timedelta(days=1), time(), zone) if search.until else None
    return since, until


def _noted(actor: str, act: str, search: Search, now: datetime) -> None:
    """The words are not in the log: they may be somebody's (STF-4)."""
    record(
        actor, act, f"search:{search.pk}", now=now, facility_id=search.facility_id, what=search.what,
        purpose=search.purpose,
    )  # fmt: skip
