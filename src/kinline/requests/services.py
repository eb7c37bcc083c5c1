"""Verbs of requests: forms, what residents file, what staff answer."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

from django.db import IntegrityError, transaction

from kinline.core.transaction import verb
from kinline.identity.models import User
from kinline.requests import errors
from kinline.requests.models import Reporting, Request, RequestDraft, RequestForm, State, Step
from kinline.requests.rules import Due


@verb
def save_form(*, facility_id: int, form_id: int | None, values: Mapping[str, Any]) -> RequestForm:
    """A new form, or another wording of one; what was filed keeps its questions. raises CodeTaken."""
    others = RequestForm.objects.filter(facility_id=facility_id, code=values["code"])
    if (others.exclude(pk=form_id) if form_id is not None else others).exists():
        raise errors.CodeTaken
    form = RequestForm(facility_id=facility_id) if form_id is None else RequestForm.objects.get(pk=form_id)
    for name, value in values.items():
        setattr(form, name, value)
    form.save()
    return form


@verb
def retire_form(*, facility_id: int, form_id: int, at: datetime | None) -> None:
    """No new requests on it; those that were filed go on. `at` None: it is used again."""
    RequestForm.objects.filter(facility_id=facility_id, pk=form_id).update(retired_at=at)


@verb
def publish_reporting(*, facility_id: int, values: Mapping[str, str]) -> None:
    Reporting.objects.update_or_create(facility_id=facility_id, defaults=dict(values))


@verb
def file(
    *,
    form: RequestForm,
    resident_id: int,
    unit_id: int | None,
    answers: Sequence[Mapping[str, Any]],
    emergency: bool,
    client_key: UUID,
    due: Due,
    now: datetime,
) -> Request:
    request = Request.objects.create(
        form=form, facility_id=form.facility_id, unit_id=unit_id, resident_id=resident_id, is_emergency=emergency,
        answers=list(answers), client_key=client_key, filed_at=now,
    )  # fmt: skip
    Step.objects.create(request=request, level=1, asked_at=now, due_at=due.answer_at, first_due_at=due.first_at)
    RequestDraft.objects.filter(resident_id=resident_id, form=form).delete()
    return request


@verb
def locked(request_id: int) -> Request:
    """With its form and place, locked: answers, asking again and taking back come one after the other.

    raises NoSuchRequest.
    """
    rows = Request.objects.select_for_update(of=("self",), no_key=True)
    found = rows.select_related("form", "facility", "resident").filter(pk=request_id).first()
    if found is None:
        raise errors.NoSuchRequest
    return found


def step_of(request: Request) -> Step:
    """The step at the level where the request is now."""
    return Step.objects.get(request=request, level=request.level)


@verb
def ask_again(request: Request, *, text: str, due: Due, now: datetime) -> Step:
    """To the next level. An answer that never came stays away: the step below is left as it is."""
    request.level += 1
    request.state = State.OPEN
    request.save(update_fields=["level", "state"])
    return Step.objects.create(request=request, level=request.level, text=text, asked_at=now, due_at=due.answer_at)


@verb
def withdraw(request: Request) -> None:
    request.state = State.WITHDRAWN
    request.save(update_fields=["state"])


@verb
def first_answer(step: Step, *, staff: User, text: str, now: datetime, due: Due | None = None) -> None:
    """`due`: it is no emergency, so these deadlines count from now on."""
    step.first_at, step.first_by, step.first_answer = now, staff, text
    if due is not None:
        step.due_at, step.alerted_at = due.answer_at, None
        Request.objects.filter(pk=step.request_id).update(is_emergency=False)
    step.save(update_fields=["first_at", "first_by", "first_answer", "due_at", "alerted_at"])


@verb
def answer(request: Request, step: Step, *, staff: User, outcome: str, text: str, now: datetime) -> None:
    """raises SamePerson: the database refuses one who answered another level."""
    step.answered_at, step.answered_by, step.outcome, step.answer = now, staff, outcome, text
    try:
        with transaction.atomic():
            step.save(update_fields=["answered_at", "answered_by", "outcome", "answer"])
    except IntegrityError as no:
        raise errors.SamePerson from no
    request.state = State.ANSWERED
    request.save(update_fields=["state"])


def took_part(request: Request, staff: User) -> bool:
    """In an answer at a level below: whoever answered there, or gave its first answer."""
    below = Step.objects.filter(request=request, level__lt=request.level)
    return (below.filter(answered_by=staff) | below.filter(first_by=staff)).exists()


@verb
def mark_alerted(step_ids: Sequence[int], now: datetime) -> None:
    Step.objects.filter(pk__in=step_ids).update(alerted_at=now)


@verb
def save_draft(*, resident_id: int, form_id: int, typed: Mapping[str, str], now: datetime) -> None:
    """The last save wins. A page without a word leaves none."""
    if not any(value.strip() for value in typed.values()):
        RequestDraft.objects.filter(resident_id=resident_id, form_id=form_id).delete()
        return
    RequestDraft.objects.update_or_create(
        resident_id=resident_id, form_id=form_id, defaults={"typed": dict(typed), "updated_at": now}
    )


@verb
def drop_draft(*, resident_id: int, form_id: int) -> None:
    RequestDraft.objects.filter(resident_id=resident_id, form_id=form_id).delete()
