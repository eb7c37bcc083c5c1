"""A resident asks, staff answer (KSK-5): filed, first answered, answered, asked again, taken back. All of it is free.

An emergency goes to every officer who may answer, by email, as it is filed; whatever passes a deadline goes to the
supervisors once. Neither email says who or what.
"""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

from kinline.core.audit import record
from kinline.core.parties import RESIDENT, Party
from kinline.core.transaction import story
from kinline.design.wording import full_day
from kinline.facilities import queries as facilities
from kinline.identity import permissions
from kinline.identity.models import User
from kinline.identity.permissions import Permission
from kinline.notices import services as notices
from kinline.requests import errors, queries, rules, services
from kinline.requests.models import Request, RequestForm, State, Step
from kinline.residents import queries as residents
from kinline.residents import services as resident_services


@story
def file(
    *, resident_id: int, form_id: int, answers: Sequence[Mapping[str, Any]], emergency: bool, client_key: UUID,
    now: datetime,
) -> int:  # fmt: skip
    """Returns the request's id; a repeat with the same key and words is the same request.

    raises FormGone, FiledDifferently, NoSuchRequest: not in custody.
    """
    custody = residents.open_custody(resident_id)
    if custody is None:
        raise errors.NoSuchRequest
    resident_services.lock(resident_id=resident_id)  # a second press waits here and then finds the first
    earlier = queries.earlier(resident_id, client_key)
    if earlier is not None:
        if earlier.form_id != form_id or earlier.answers != list(answers):
            raise errors.FiledDifferently
        return earlier.pk
    form = queries.form_of(custody.facility_id, form_id)
    if form is None or form.retired_at is not None:
        raise errors.FormGone
    emergency = emergency and form.emergency_hours is not None
    request = services.file(
        form=form, resident_id=resident_id, unit_id=custody.unit_id, answers=answers, emergency=emergency,
        client_key=client_key, due=_due(form, now, emergency=emergency), now=now,
    )  # fmt: skip
    _write_down(f"resident:{resident_id}", "request.file", request, now, emergency=emergency)
    if emergency:
        for user in permissions.holders(request.facility_id, Permission.ANSWER_REQUESTS, now):
            notices.mail(to=user.email, kind="request_emergency", now=now, user=user, language=user.language)
    return request.pk


def _due(form: RequestForm, now: datetime, *, emergency: bool) -> rules.Due:
    place = form.facility
    return rules.due(
        now, queries.terms_of(form), emergency=emergency, time_zone=place.time_zone,
        holidays=facilities.holidays(place.agency_id),
    )  # fmt: skip


def _write_down(actor: str, act: str, request: Request, now: datetime, **detail: Any) -> None:
    record(actor, act, f"request:{request.pk}", now=now, facility_id=request.facility_id, **detail)


@story
def ask_again(*, resident_id: int, request_id: int, text: str, now: datetime) -> None:
    """To the next level: another person answers. raises NoSuchRequest, NoMoreLevels, AskedTooLate, WhyMissing."""
    request = _own(resident_id, request_id)
    view = queries.one_of_resident(resident_id, request_id, now)
    if view is None:
        raise errors.NoSuchRequest
    if view.level >= view.levels or view.state == State.WITHDRAWN:
        raise errors.NoMoreLevels
    if not view.may_ask_again:
        raise errors.AskedTooLate(day=full_day(view.ask_again_on)) if view.ask_again_on else errors.NotOpen
    if not text.strip():
        raise errors.WhyMissing
    # An emergency stays one; only its first answer was given or missed already.
    due = rules.Due(_due(request.form, now, emergency=request.is_emergency).answer_at)
    services.ask_again(request, text=text.strip()[:4000], due=due, now=now)
    _write_down(f"resident:{resident_id}", "request.again", request, now, level=request.level)


def _own(resident_id: int, request_id: int) -> Request:
    request = services.locked(request_id)
    if request.resident_id != resident_id:
        raise errors.NoSuchRequest
    return request


@story
def withdraw(*, resident_id: int, request_id: int, now: datetime) -> None:
    """Nobody needs to answer any more. A repeat changes nothing. raises NoSuchRequest, NotOpen: answered already."""
    request = _own(resident_id, request_id)
    if request.state == State.WITHDRAWN:
        return
    if request.state != State.OPEN:
        raise errors.NotOpen
    services.withdraw(request)
    _write_down(f"resident:{resident_id}", "request.withdraw", request, now)


# Staff


@story
def read(*, staff: User, request_id: int, now: datetime) -> None:
    """Opening one is a look at content: written down with its purpose (REC5). raises NoSuchRequest, NotPermitted."""
    request = services.locked(request_id)
    permissions.require(staff, request.facility_id, Permission.ANSWER_REQUESTS, now)
    _write_down(f"staff:{staff.pk}", "request.read", request, now, purpose="answer")


@story
def first_answer(*, staff: User, request_id: int, serious: bool, text: str, now: datetime) -> None:
    """To an emergency, within its hours: staff act now, or it is none and has ordinary days from now on.

    raises NoSuchRequest, NotPermitted, NotOpen, NoFirstAnswer, AnswerMissing.
    """
    request, step = _open(staff, request_id, now)
    if step.first_due_at is None or step.first_at is not None:
        raise errors.NoFirstAnswer
    if not text.strip():
        raise errors.AnswerMissing
    due = None if serious else _due(request.form, request.filed_at, emergency=False)
    services.first_answer(step, staff=staff, text=text.strip()[:4000], now=now, due=due)
    _write_down(f"staff:{staff.pk}", "request.first_answer", request, now, emergency=serious)
    notices.tell(_party(request), "request_first_answer", now, **_about(request))


@story
def answer(*, staff: User, request_id: int, outcome: str, text: str, now: datetime) -> None:
    """At the level where it is; the next levels need the permission to decide them, and another person.

    raises NoSuchRequest, NotPermitted, NotOpen, SamePerson, AnswerMissing.
    """
    request, step = _open(staff, request_id, now)
    if services.took_part(request, staff):
        raise errors.SamePerson
    if not text.strip() or not outcome:
        raise errors.AnswerMissing
    services.answer(request, step, staff=staff, outcome=outcome, text=text.strip()[:4000], now=now)
    _write_down(f"staff:{staff.pk}", "request.answer", request, now, level=step.level, outcome=outcome)
    notices.tell(_party(request), "request_answered", now, **_about(request))


def _open(staff: User, request_id: int, now: datetime) -> tuple[Request, Step]:
    request = services.locked(request_id)
    permissions.require(staff, request.facility_id, permission_at(request.level), now)
    if request.state != State.OPEN:
        raise errors.NotOpen
    return request, services.step_of(request)


def permission_at(level: int) -> Permission:
    """Who may answer at a level: from the second on, those who decide on what others answered."""
    return Permission.ANSWER_REQUESTS if level == 1 else Permission.DECIDE_GRIEVANCES


def _party(request: Request) -> Party:
    return Party(RESIDENT, request.resident_id)


def _about(request: Request) -> dict[str, Any]:
    """What a notice says of it: which form, and when; never its words."""
    form = request.form
    return {"form": {"en": form.name, "es": form.name_es or form.name}, "filed_at": request.filed_at}


@story
def save_form(*, staff: User, facility_id: int, form_id: int | None, values: Mapping[str, Any], now: datetime) -> int:
    """A new form or a changed one. raises NotPermitted, CodeTaken, NoSuchRequest: of another place."""
    permissions.require(staff, facility_id, Permission.EDIT_FORMS, now)
    if form_id is not None and queries.form_of(facility_id, form_id) is None:
        raise errors.NoSuchRequest
    form = services.save_form(facility_id=facility_id, form_id=form_id, values=values)
    record(f"staff:{staff.pk}", "form.save", f"form:{form.pk}", now=now, facility_id=facility_id)
    return form.pk


@story
def retire_form(*, staff: User, facility_id: int, form_id: int, retired: bool, now: datetime) -> None:
    """Taken out of use, or back in. raises NotPermitted."""
    permissions.require(staff, facility_id, Permission.EDIT_FORMS, now)
    services.retire_form(facility_id=facility_id, form_id=form_id, at=now if retired else None)
    record(f"staff:{staff.pk}", "form.retire", f"form:{form_id}", now=now, facility_id=facility_id, retired=retired)


@story
def publish_reporting(*, staff: User, facility_id: int, values: Mapping[str, str], now: datetime) -> None:
    """How abuse is reported here, for residents and for everybody (REC2). raises NotPermitted."""
    permissions.require(staff, facility_id, Permission.EDIT_FORMS, now)
    services.publish_reporting(facility_id=facility_id, values=values)
    record(f"staff:{staff.pk}", "reporting.publish", f"facility:{facility_id}", now=now, facility_id=facility_id)


@story
def alert_overdue(*, now: datetime) -> int:
    """Job: supervisors hear once of each deadline that passed. Returns how many steps were told of."""
    steps = queries.overdue_untold(now)
    counted: dict[int, int] = {}
    for step in steps:
        counted[step.request.facility_id] = counted.get(step.request.facility_id, 0) + 1
        _write_down("system", "request.overdue", step.request, now, level=step.level)
    for facility_id, count in counted.items():
        for user in permissions.holders(facility_id, Permission.DECIDE_GRIEVANCES, now):
            notices.mail(
                to=user.email, kind="requests_overdue", now=now, user=user, language=user.language, count=count
            )
    services.mark_alerted([step.pk for step in steps], now)
    return len(steps)


# What is being written


@story
def save_draft(*, resident_id: int, form_id: int, typed: Mapping[str, str], now: datetime) -> None:
    """One draft a form. A page without a word leaves none."""
    services.save_draft(resident_id=resident_id, form_id=form_id, typed=typed, now=now)


@story
def drop_draft(*, resident_id: int, form_id: int) -> None:
    services.drop_draft(resident_id=resident_id, form_id=form_id)
