"""Reads of requests. A resident sees their own; staff those of places that the face has asked permissions for."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any, Literal
from uuid import UUID

from django.db.models import Count, F, Q, QuerySet
from django.utils import timezone
from django.utils.translation import get_language

from kinline.core.workdays import end_of_day
from kinline.design import wording as words
from kinline.facilities import queries as facilities
from kinline.requests import rules, wording
from kinline.requests.models import Kind, Reporting, Request, RequestDraft, RequestForm, State, Step

# Forms


@dataclass(frozen=True, slots=True)
class FormView:
    """A form in the reader's language."""

    id: int
    kind: str
    name: str
    intro: str
    desk: str
    questions: tuple[rules.Question, ...]
    terms: rules.Terms
    retired: bool

    @property
    def kind_word(self) -> str:
        return str(wording.KINDS[self.kind])


def terms_of(form: RequestForm) -> rules.Terms:
    return rules.Terms(
        form.answer_days, form.levels, form.ask_again_days, form.emergency_hours, form.emergency_days
    )  # fmt: skip


def name_of(form: RequestForm) -> str:
    """In the reader's language."""
    return (form.name_es if _spanish() else "") or form.name


def _spanish() -> bool:
    return (get_language() or "").startswith("es")


def _form(row: RequestForm) -> FormView:
    return FormView(
        id=row.pk,
        kind=row.kind,
        name=name_of(row),
        intro=(row.intro_es if _spanish() else "") or row.intro,
        desk=row.desk,
        questions=rules.questions_of(row.questions),
        terms=terms_of(row),
        retired=row.retired_at is not None,
    )


def forms_offered(facility_id: int) -> list[FormView]:
    """What a resident of this place may fill in: requests first, by name."""
    rows = RequestForm.objects.filter(facility_id=facility_id, retired_at=None).order_by("-kind", "name", "pk")
    return [_form(row) for row in rows]


def form_offered(facility_id: int, form_id: int) -> FormView | None:
    row = RequestForm.objects.filter(facility_id=facility_id, pk=form_id, retired_at=None).first()
    return _form(row) if row else None


def forms_of(facility_id: int) -> list[RequestForm]:
    """For staff: every form with how many were filed; those in use first."""
    rows = RequestForm.objects.filter(facility_id=facility_id).annotate(filed=Count("requests"))
    return list(rows.order_by(F("retired_at").asc(nulls_first=True), "-kind", "name"))


def form_of(facility_id: int, form_id: int) -> RequestForm | None:
    return RequestForm.objects.filter(facility_id=facility_id, pk=form_id).first()


@dataclass(frozen=True, slots=True)
class Ways:
    """How abuse is reported at a place, in the reader's language; empty where it has published nothing (REC2)."""

    outside: str = ""
    others: str = ""


def reporting(facility_id: int) -> Reporting | None:
    return Reporting.objects.filter(facility_id=facility_id).first()


def ways(facility_id: int) -> Ways:
    row = reporting(facility_id)
    if row is None:
        return Ways()
    if _spanish():
        return Ways(row.outside_es or row.outside, row.others_es or row.others)
    return Ways(row.outside, row.others)


# The resident's own


@dataclass(frozen=True, slots=True)
class Answer:
    """One question and what was written, in the reader's language where the form has it."""

    question: str
    text: str
    is_long: bool


@dataclass(frozen=True, slots=True)
class StepView:
    """`due_on`: the last day for the answer; `due_at`: the moment from which it is overdue."""

    level: int
    text: str
    asked_at: datetime
    due_at: datetime
    first_due_at: datetime | None
    first_at: datetime | None
    first_by: str
    first_answer: str
    answered_at: datetime | None
    answered_by: str
    outcome: str
    answer: str
    waits: bool

    @property
    def outcome_word(self) -> str:
        return str(wording.OUTCOMES[self.outcome]) if self.outcome else ""


@dataclass(frozen=True, slots=True)
class RequestView:
    """One request as its resident or staff see it. `ask_again_on`: the last day to ask again after an answer.

    `people_below`: staff who took part in an answer below the level where it is now, so cannot answer there.
    """

    id: int
    kind: str
    name: str
    desk: str
    is_emergency: bool
    facility_id: int
    resident_id: int
    resident_name: str
    resident_number: str
    unit: str
    answers: tuple[Answer, ...]
    filed_at: datetime
    state: str
    level: int
    levels: int
    due_at: datetime
    first_due_at: datetime | None
    due_words: str
    status: str
    is_overdue: bool
    may_ask_again: bool
    ask_again_on: date | None
    steps: tuple[StepView, ...]
    people_below: frozenset[int]

    @property
    def kind_word(self) -> str:
        return str(wording.KINDS[self.kind])

    @property
    def last(self) -> StepView:
        return self.steps[-1]

    @property
    def next_due_at(self) -> datetime:
        """What staff must keep next: the first answer of an emergency, else the answer."""
        return self.first_due_at or self.due_at


def _rows() -> QuerySet[Request]:
    related = Request.objects.select_related("form", "facility", "resident", "unit")
    return related.prefetch_related("steps__answered_by", "steps__first_by")


def of_resident(resident_id: int, now: datetime, *, limit: int = 100) -> list[RequestView]:
    """Newest first; also of places where they were before."""
    return [_view(row, now) for row in _rows().filter(resident_id=resident_id).order_by("-id")[:limit]]


def one_of_resident(resident_id: int, request_id: int, now: datetime) -> RequestView | None:
    row = _rows().filter(resident_id=resident_id, pk=request_id).first()
    return _view(row, now) if row else None


def drafts_of(resident_id: int) -> list[RequestDraft]:
    """Forms begun and not filed, newest first."""
    rows = RequestDraft.objects.select_related("form").filter(resident_id=resident_id)
    return list(rows.order_by("-updated_at"))


def draft_of(resident_id: int, form_id: int) -> RequestDraft | None:
    return RequestDraft.objects.filter(resident_id=resident_id, form_id=form_id).first()


def earlier(resident_id: int, client_key: UUID) -> Request | None:
    """What was filed under this key already."""
    return Request.objects.filter(resident_id=resident_id, client_key=client_key).first()


# Staff's queue

Shown = Literal["open", "done"]


@dataclass(frozen=True, slots=True)
class Queue:
    """`counts` of what is open, by desk. `more`: the list was cut at its limit."""

    rows: tuple[RequestView, ...]
    counts: tuple[tuple[str, int], ...]
    more: bool


def queue(
    facility_ids: Sequence[int], now: datetime, *, shown: str = "open", desk: str = "", limit: int = 100
) -> Queue:
    """What waits at these places: emergencies without a first answer, then what is due first. `done`: the last ones."""
    here = _rows().filter(facility_id__in=facility_ids)
    if desk:
        here = here.filter(form__desk=desk)
    if shown == "done":
        rows = list(here.exclude(state=State.OPEN).order_by("-id")[: limit + 1])
    else:
        due = here.filter(state=State.OPEN, steps__level=F("level")).order_by("steps__due_at", "pk")
        rows = list(due[: limit + 1])
    views = [_view(row, now) for row in rows[:limit]]
    if shown != "done":
        views.sort(key=lambda one: (one.first_due_at is None, one.next_due_at, one.id))
    return Queue(tuple(views), tuple(_desks(facility_ids)), len(rows) > limit)


def _desks(facility_ids: Sequence[int]) -> list[tuple[str, int]]:
    rows = Request.objects.filter(facility_id__in=facility_ids, state=State.OPEN)
    return list(rows.values_list("form__desk").annotate(n=Count("pk")).order_by("form__desk"))


@dataclass(frozen=True, slots=True)
class Waiting:
    """How many wait, since when the first does, and how many are overdue."""

    count: int
    oldest: datetime | None
    overdue: int


def waiting(facility_ids: Sequence[int], now: datetime) -> Waiting:
    here = Step.objects.filter(
        request__facility_id__in=facility_ids, request__state=State.OPEN, level=F("request__level")
    )
    late = Q(due_at__lte=now) | Q(first_at=None, first_due_at__lte=now)
    first = here.order_by("asked_at").values_list("asked_at", flat=True).first()
    return Waiting(here.count(), first, here.filter(late).count())


def one_of_places(facility_ids: Sequence[int], request_id: int, now: datetime) -> RequestView | None:
    row = _rows().filter(facility_id__in=facility_ids, pk=request_id).first()
    return _view(row, now) if row else None


@dataclass(frozen=True, slots=True)
class Filed:
    """How many of one form were filed between two moments, and what became of them until now."""

    code: str
    name: str
    is_grievance: bool
    filed: int
    open: int
    answered: int
    withdrawn: int


def filed_by_form(facility_id: int, begin: datetime, end: datetime) -> list[Filed]:
    """The form with the most first."""
    rows = Request.objects.filter(facility_id=facility_id, filed_at__gte=begin, filed_at__lt=end)
    counted = rows.values("form_id").annotate(
        filed=Count("pk"),
        open=Count("pk", filter=Q(state=State.OPEN)),
        answered=Count("pk", filter=Q(state=State.ANSWERED)),
        withdrawn=Count("pk", filter=Q(state=State.WITHDRAWN)),
    )
    counted = counted.order_by("-filed", "form_id")
    forms = RequestForm.objects.in_bulk([one["form_id"] for one in counted])
    return [
        Filed(
            form.code, name_of(form), form.kind == Kind.GRIEVANCE, one["filed"], one["open"], one["answered"],
            one["withdrawn"],
        )
        for one in counted
        if (form := forms[one["form_id"]])
    ]  # fmt: skip


def overdue_untold(now: datetime, *, limit: int = 500) -> list[Step]:
    """Steps that went past a deadline that nobody was told of yet: the answer's, or an emergency's first answer's."""
    answer = Q(due_at__lte=now) & (Q(alerted_at=None) | Q(alerted_at__lt=F("due_at")))
    first = Q(first_at=None, first_due_at__lte=now, alerted_at=None)
    rows = Step.objects.select_related("request").filter(
        answer | first, request__state=State.OPEN, answered_at=None, level=F("request__level")
    )
    return list(rows.order_by("due_at", "pk")[:limit])


# How a row is read


def _view(row: Request, now: datetime) -> RequestView:
    steps = tuple(_step(one, row) for one in sorted(row.steps.all(), key=lambda one: one.level))
    last, terms = steps[-1], terms_of(row.form)
    until = _ask_again_until(row, last, terms)
    standing = rules.Standing(row.state, row.level, terms.levels, last.due_at, until[1] if until else None)
    due = _due_words(last.due_at, exact=row.is_emergency)
    below = [one for one in row.steps.all() if one.level < row.level]
    people = {person for one in below for person in (one.first_by_id, one.answered_by_id) if person is not None}
    return RequestView(
        id=row.pk,
        kind=row.form.kind,
        name=name_of(row.form),
        desk=row.form.desk,
        is_emergency=row.is_emergency,
        facility_id=row.facility_id,
        resident_id=row.resident_id,
        resident_name=row.resident.name,
        resident_number=row.resident.number,
        unit=row.unit.name if row.unit else "",
        answers=tuple(_answer(one) for one in row.answers),
        filed_at=row.filed_at,
        state=row.state,
        level=row.level,
        levels=terms.levels,
        due_at=last.due_at,
        first_due_at=last.first_due_at if last.first_at is None and row.state == State.OPEN else None,
        due_words=due,
        status=str(wording.STATUS[rules.status_code(standing, now)]) % {"day": due},
        is_overdue=rules.overdue(standing, now),
        may_ask_again=rules.may_ask_again(standing, now),
        ask_again_on=until[0] if until else None,
        steps=steps,
        people_below=frozenset(people),
    )


def _step(one: Step, row: Request) -> StepView:
    return StepView(
        level=one.level,
        text=one.text,
        asked_at=one.asked_at,
        due_at=one.due_at,
        first_due_at=one.first_due_at,
        first_at=one.first_at,
        first_by=one.first_by.name if one.first_by else "",
        first_answer=one.first_answer,
        answered_at=one.answered_at,
        answered_by=one.answered_by.name if one.answered_by else "",
        outcome=one.outcome,
        answer=one.answer,
        waits=one.answered_at is None and row.state == State.OPEN,
    )


def _ask_again_until(row: Request, last: StepView, terms: rules.Terms) -> tuple[date, datetime] | None:
    """The last day to ask again and the moment at which it is over."""
    if row.state != State.ANSWERED or last.answered_at is None or row.level >= terms.levels:
        return None
    zone = row.facility.time_zone
    day = rules.last_day_to_ask_again(last.answered_at, terms, zone, facilities.holidays(row.facility.agency_id))
    return day, end_of_day(day, zone)


def _due_words(due_at: datetime, *, exact: bool) -> str:
    """A deadline in working days ends with its day, so the day is said; an emergency's has an hour."""
    zone = timezone.get_current_timezone()
    if exact:
        return words.full_moment(due_at, zone)
    return words.full_day((due_at - timedelta(seconds=1)).astimezone(zone).date())


def _answer(raw: dict[str, Any]) -> Answer:
    text = raw["text"]
    if raw["kind"] == rules.CHOICE:
        text = wording.in_language(raw.get("shown", {}), text)
    return Answer(wording.in_language(raw["label"]), text, raw["kind"] == rules.TEXT)
