"""Delivery rules: what counts, the draft, from when it counts, its history, and what it would do (DEL-1, DEL-2)."""

from collections.abc import Callable
from functools import partial
from http import HTTPStatus
from typing import TYPE_CHECKING, Any

from django.core.exceptions import BadRequest
from django.forms import Form
from django.http import Http404, HttpRequest, HttpResponse
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from kinline.core.errors import Refusal
from kinline.delivery import queries
from kinline.delivery.forms import PublishForm, RuleForm, TryForm, rule_typed
from kinline.delivery.wording import OUTCOMES, Line, compare, lines, told
from kinline.design import flash
from kinline.design.answers import attempt, see_other
from kinline.design.http import found
from kinline.facilities import queries as facilities
from kinline.flows import rule_sets as flows
from kinline.flows.try_rules import Tried, try_month, try_text
from kinline.identity import access
from kinline.identity.permissions import Permission
from kinline.staff.answers import page
from kinline.staff.desk import Desk, here

if TYPE_CHECKING:
    from kinline.delivery.models import Policy, PolicyDraft
    from kinline.facilities.models import Facility


@require_safe
def rules(request: HttpRequest) -> HttpResponse:
    """What counts, what will, and the draft."""
    desk, place = here(request)
    form = PublishForm(initial=_revision(queries.draft(place.pk)), time_zone=place.time_zone)
    return _overview(request, desk, place, form)


def _revision(draft: "PolicyDraft | None") -> dict[str, Any]:
    return {"revision": draft.revision} if draft else {}


def _overview(
    request: HttpRequest, desk: Desk, place: "Facility", form: PublishForm, status: int = HTTPStatus.OK
) -> HttpResponse:
    policy, draft = queries.policy_at(place.pk, desk.now), queries.draft(place.pk)
    draft_rules = draft.rules if draft else []
    return page(
        request, "rules/rules", status=status,
        policy=policy, lines=lines(policy.rules) if policy else [], coming=queries.to_come(place.pk, desk.now),
        draft=draft, changes=compare(policy.rules if policy else [], draft_rules), form=form,
        may_edit=desk.may(Permission.EDIT_RULES), may_refuse=queries.screening_of(place.pk)[1],
    )  # fmt: skip


@require_POST
def draft(request: HttpRequest) -> HttpResponse:
    """Begin a draft, drop it, take a rule out of it, publish it, or withdraw what has not begun."""
    desk, place = here(request)
    act = request.POST.get("act", "")
    if act == "publish":
        return _publish(request, desk, place)
    if act not in _ACTS:
        raise BadRequest
    do, done = _ACTS[act]
    attempt(request, partial(do, desk, place, request.POST), done())
    return see_other("staff_rules")


def _publish(request: HttpRequest, desk: Desk, place: "Facility") -> HttpResponse:
    form = PublishForm(request.POST, time_zone=place.time_zone)
    if form.is_valid():
        typed = form.cleaned_data
        try:
            policy = flows.publish(
                staff=desk.user, facility_id=place.pk, revision=typed["revision"], now=desk.now,
                effective_from=typed["effective_from"], note=typed["note"],
            )  # fmt: skip
        except Refusal as no:
            form.add_error(None, str(no))
            _look_again(form, place)
        else:
            flash.say(request, _("Version %(n)s is kept.") % {"n": policy.version})
            return see_other("staff_rules_version", policy.version)
    return _overview(request, desk, place, form, HTTPStatus.UNPROCESSABLE_ENTITY)


def _number(typed: Any, name: str) -> int:
    try:
        return int(typed.get(name, ""))
    except ValueError:
        raise BadRequest from None


def _begin(desk: Desk, place: "Facility", _typed: Any) -> None:
    flows.begin_draft(staff=desk.user, facility_id=place.pk, now=desk.now)


def _drop(desk: Desk, place: "Facility", typed: Any) -> None:
    flows.drop_draft(staff=desk.user, facility_id=place.pk, revision=_number(typed, "revision"), now=desk.now)


def _remove(desk: Desk, place: "Facility", typed: Any) -> None:
    flows.remove_rule(
        staff=desk.user, facility_id=place.pk, revision=_number(typed, "revision"), rule_id=typed.get("rule", ""),
        now=desk.now,
    )  # fmt: skip


def _withdraw(desk: Desk, place: "Facility", typed: Any) -> None:
    flows.withdraw(staff=desk.user, facility_id=place.pk, version=_number(typed, "version"), now=desk.now)


_ACTS: dict[str, tuple[Callable[[Desk, "Facility", Any], None], Callable[[], str]]] = {
    "begin": (_begin, lambda: _("A draft is open. Nothing changes before you publish it.")),
    "drop": (_drop, lambda: _("The draft is dropped.")),
    "remove": (_remove, lambda: _("The rule is out of the draft.")),
    "withdraw": (_withdraw, lambda: _("The version is withdrawn. It will never count.")),
}


@require_http_methods(["GET", "HEAD", "POST"])
def rule(request: HttpRequest, rule_id: str = "") -> HttpResponse:
    """One rule of the draft: a new one, or one to be changed."""
    desk, place = here(request)
    current = queries.draft(place.pk)
    if current is None:
        return see_other("staff_rules")
    was = _of(current, rule_id)
    if rule_id and was is None and request.method != "POST":
        raise Http404
    first = (rule_typed(was) if was else {}) | _revision(current) | access.take_kept(request)
    form = RuleForm(request.POST or None, initial=first, reasons=reasons(place.pk))
    beside: list[Line] = []
    if request.method == "POST" and form.is_valid():
        try:
            flows.write_rule(
                staff=desk.user, facility_id=place.pk, revision=form.cleaned_data["revision"], rule=form.as_rule(),
                now=desk.now, was=rule_id,
            )  # fmt: skip
        except Refusal as no:
            form.add_error(None, str(no))
            beside = _look_again(form, place)
        else:
            flash.say(request, _("The rule is in the draft."))
            return see_other("staff_rules")
    return page(
        request, "rules/rule", HTTPStatus.UNPROCESSABLE_ENTITY if form.errors else 200, form=form, rule_id=rule_id,
        beside=beside,
    )  # fmt: skip


def _of(current: "PolicyDraft", rule_id: str) -> dict[str, Any] | None:
    return next((dict(one) for one in current.rules if one["id"] == rule_id), None)


def _look_again(form: Form, place: "Facility") -> list[Line]:
    """The page shows the draft as it is now beside what is typed, which stays; to press again means this draft."""
    draft = queries.draft(place.pk)
    if draft is None:
        return []
    form.data = {name: form.data.get(name) for name in form.data} | {"revision": str(draft.revision)}
    return lines(draft.rules)


def reasons(facility_id: int) -> list[tuple[str, str]]:
    spanish = (get_language() or "").startswith("es")
    return [(one.code, (spanish and one.text_es) or one.text) for one in facilities.reasons(facility_id)]


@require_safe
def history(request: HttpRequest) -> HttpResponse:
    desk, place = here(request)
    counts = queries.policy_at(place.pk, desk.now)
    return page(request, "rules/history", versions=queries.versions(place.pk), counts=counts)


@require_safe
def version(request: HttpRequest, number: int) -> HttpResponse:
    """One version, and how it differs from the one before."""
    desk, place = here(request)
    policy, before = found(queries.version(place.pk, number))
    return page(
        request, "rules/version", policy=policy, before=before, begun=policy.effective_from <= desk.now,
        changes=compare(before.rules if before else [], policy.rules), may_edit=desk.may(Permission.EDIT_RULES),
    )  # fmt: skip


@require_http_methods(["GET", "HEAD", "POST"])
def try_rules(request: HttpRequest) -> HttpResponse:
    """A text, or the letters of the last month, decided by the rules that count or by the draft. Changes nothing."""
    desk, place = here(request)
    current = queries.draft(place.pk)
    month = request.method == "POST" and request.POST.get("act") == "month"
    form = TryForm(
        request.POST if request.method == "POST" and not month else None, has_draft=current is not None,
        initial=access.take_kept(request),
    )  # fmt: skip
    context: dict[str, Any] = {}
    if month:
        context = _month(request, desk, place, current)
    elif form.is_bound and form.is_valid():
        context = _decided(desk, place, current, form.cleaned_data)
    return page(
        request, "rules/try", HTTPStatus.UNPROCESSABLE_ENTITY if form.errors else 200, form=form, draft=current,
        may_edit=desk.may(Permission.EDIT_RULES), **context,
    )  # fmt: skip


def _decided(desk: Desk, place: "Facility", current: "PolicyDraft | None", typed: dict[str, Any]) -> dict[str, Any]:
    policy = _policy(desk, place, current, typed["rules"])
    decision = try_text(place, policy, text=typed["text"], now=desk.now, sender=typed["sender"], first=typed["first"])
    return {
        "decision": decision, "outcome": OUTCOMES[decision.outcome],
        "why": told(place.pk, decision.fired, policy.rules if policy else []),
        "found": sorted({typed["text"][one.start : one.end] for one in queries.fired(
            place.pk, typed["text"], decision.as_json(), policy.rules if policy else [])}),
    }  # fmt: skip


def _policy(desk: Desk, place: "Facility", current: "PolicyDraft | None", which: str) -> "Policy | Trial | None":
    return Trial(current.rules) if which == "draft" and current else queries.policy_at(place.pk, desk.now)


class Trial:
    """A draft as if it were a version."""

    version = 0

    def __init__(self, rules: Any) -> None:
        self.rules = rules


def _month(request: HttpRequest, desk: Desk, place: "Facility", current: "PolicyDraft | None") -> dict[str, Any]:
    which = "draft" if current and request.POST.get("rules") != "now" else "now"
    try:
        tried = try_month(staff=desk.user, place=place, policy=_policy(desk, place, current, which), now=desk.now)
    except Refusal as no:
        flash.say(request, no, "bad")
        return {}
    return {"tried": tried, "which": which, "table": _table(tried)}


def _table(tried: Tried) -> list[tuple[str, list[tuple[int, bool]], int]]:
    """A row for each outcome that there was, a column for each that there would be; with whether it is a change."""
    rows = []
    for was, name in OUTCOMES.items():
        cells = [(tried.pairs.get((was, would), 0), was != would) for would in OUTCOMES]
        rows.append((str(name), cells, sum(count for count, _changed in cells)))
    return rows
