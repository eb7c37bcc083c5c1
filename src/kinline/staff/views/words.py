"""Lists of words and people: who answers for them, why, until when, how often they fire and how often for nothing."""

import base64
from functools import partial
from http import HTTPStatus
from typing import TYPE_CHECKING, Any

from django.core.exceptions import BadRequest
from django.forms import Form
from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_http_methods

from kinline.core.csvfiles import Fault
from kinline.core.errors import Refusal
from kinline.delivery import queries
from kinline.delivery.errors import PHRASE_FAULTS
from kinline.delivery.forms import ListForm, PersonForm, PhraseForm, WordsFileForm
from kinline.delivery.queries import ListRow
from kinline.delivery.services import NewPhrase
from kinline.delivery.wording import TIERS
from kinline.design import flash
from kinline.design.answers import attempt, see_other
from kinline.design.http import found
from kinline.flows import watch_lists as flows
from kinline.flows.word_file import Read, take_in
from kinline.identity import access, permissions
from kinline.identity.permissions import Permission
from kinline.staff.answers import page
from kinline.staff.desk import Desk, here
from kinline.staff.judging import judge
from kinline.staff.review_wording import STATES
from kinline.staff.views.rules import reasons

if TYPE_CHECKING:
    from kinline.facilities.models import Facility

CARRIED_BYTES = 1_500_000  # of a larger file the page would not fit into a form; it is chosen again
FAULTS_SHOWN = 200


@require_http_methods(["GET", "HEAD", "POST"])
def words(request: HttpRequest) -> HttpResponse:
    """All lists, those that have stopped first; whether words may refuse by themselves."""
    desk, place = here(request)
    if request.method == "POST":
        on = request.POST.get("may_refuse") == "yes"
        act = partial(flows.set_may_refuse, staff=desk.user, facility_id=place.pk, on=on, now=desk.now)
        attempt(request, act, _("Words may refuse letters by themselves.") if on else _("Words hold letters only."))
        return see_other("staff_words")
    return page(
        request, "words/words", lists=queries.lists_of(place, desk.now), may_edit=desk.may(Permission.EDIT_LISTS),
        may_refuse=queries.screening_of(place.pk)[1], may_rule=desk.may(Permission.EDIT_RULES),
    )  # fmt: skip


def _owners(desk: Desk, place: "Facility") -> list[tuple[int, str]]:
    return [(one.pk, one.name) for one in permissions.holders(place.pk, Permission.EDIT_LISTS, desk.now)]


@require_http_methods(["GET", "HEAD", "POST"])
def new(request: HttpRequest) -> HttpResponse:
    desk, place = here(request)
    first = {"owner": desk.user.pk} | access.take_kept(request)
    form = ListForm(request.POST or None, initial=first, owners=_owners(desk, place), reasons=reasons(place.pk))
    if request.method == "POST" and form.is_valid():
        kind = form.cleaned_data["kind"]
        try:
            row = flows.create_list(staff=desk.user, place=place, kind=kind, values=form.values(), now=desk.now)
        except Refusal as no:
            form.add_error(None, str(no))
        else:
            flash.say(request, _("The list is made. Now put something on it."))
            return see_other("staff_word_list", row.pk)
    return page(request, "words/edit", _status(form), form=form, row=None)


@require_http_methods(["GET", "HEAD", "POST"])
def edit(request: HttpRequest, list_id: int) -> HttpResponse:
    desk, place = here(request)
    row = found(queries.list_of(place, list_id, desk.now))
    kept, one = access.take_kept(request), row.list
    typed = {
        "name": one.name, "purpose": one.purpose, "owner": one.owner_id, "until": one.until.isoformat(),
        "reason": one.reason.code if one.reason else "", "why_en": one.why.get("en", ""),
        "why_es": one.why.get("es", ""),
    }  # fmt: skip
    owners = dict([(one.owner_id, one.owner.name), *_owners(desk, place)])
    form = ListForm(
        request.POST or None, initial=typed | kept, kind=one.kind, owners=owners.items(), reasons=reasons(place.pk)
    )
    if request.method == "POST" and form.is_valid():
        try:
            flows.change_list(staff=desk.user, place=place, list_id=list_id, values=form.values(), now=desk.now)
        except Refusal as no:
            form.add_error(None, str(no))
        else:
            flash.say(request, _("Kept."))
            return see_other("staff_word_list", list_id)
    return page(request, "words/edit", _status(form), form=form, row=row)


def _status(form: Form) -> int:
    return HTTPStatus.UNPROCESSABLE_ENTITY if form.errors else HTTPStatus.OK


@require_http_methods(["GET", "HEAD", "POST"])
def word_list(request: HttpRequest, list_id: int) -> HttpResponse:
    """One list with its entries and the last letters in which it fired; entries are added and removed here."""
    desk, place = here(request)
    row = found(queries.list_of(place, list_id, desk.now))
    phrase_form = PhraseForm(request.POST if request.POST.get("act") == "add" else None, kind=row.list.kind)
    person_form = PersonForm(request.POST if request.POST.get("act") == "add_person" else None)
    if request.method == "POST":
        done = _changed(request, desk, row, phrase_form, person_form)
        if done is not None:
            return done
    return _shown(request, desk, row, phrase_form, person_form)


def _changed(
    request: HttpRequest, desk: Desk, row: ListRow, phrase_form: PhraseForm, person_form: PersonForm
) -> HttpResponse | None:
    """The answer to a POST; None: a form has errors and is shown again."""
    act = request.POST.get("act", "")
    own: dict[str, Any] = {"staff": desk.user, "place": desk.place, "list_id": row.list.pk}
    if act == "add":
        return _added(request, desk, own, phrase_form)
    if act == "add_person":
        return _person_added(request, desk, own, person_form)
    if act == "follow":
        on = request.POST.get("on") == "yes"
        said = _("You get an email when it fires.") if on else _("You get no more emails about it.")
        attempt(request, partial(flows.follow, **own, on=on, now=desk.now), said)
    elif act == "judge":
        judge(request, row.list.pk)
    elif act == "end":
        attempt(request, partial(flows.end_list, **own, now=desk.now), _("The list has ended. Its record stays."))
        return see_other("staff_words")
    elif act in {"remove", "remove_person"}:
        _removed(request, desk, own, act)
    else:
        raise BadRequest
    return see_other("staff_word_list", row.list.pk)


def _added(request: HttpRequest, desk: Desk, own: dict[str, Any], form: PhraseForm) -> HttpResponse | None:
    if not form.is_valid():
        return None
    phrases = [NewPhrase(one, form.cleaned_data["tier"]) for one in form.cleaned_data["words"]]
    try:
        count = flows.add_phrases(**own, phrases=phrases, now=desk.now)
    except Refusal as no:
        form.add_error("words", str(no))
        return None
    flash.say(request, ngettext("%(n)s is new on the list.", "%(n)s are new on the list.", count) % {"n": count})
    return see_other("staff_word_list", own["list_id"])


def _person_added(request: HttpRequest, desk: Desk, own: dict[str, Any], form: PersonForm) -> HttpResponse | None:
    if not form.is_valid():
        return None
    try:
        flows.add_person(**own, **form.cleaned_data, now=desk.now)
    except Refusal as no:
        form.add_error("who", str(no))
        return None
    flash.say(request, _("On the list."))
    return see_other("staff_word_list", own["list_id"])


def _removed(request: HttpRequest, desk: Desk, own: dict[str, Any], act: str) -> None:
    try:
        entry = int(request.POST.get("entry", ""))
    except ValueError:
        raise BadRequest from None
    remove = (
        partial(flows.remove_phrase, **own, phrase_id=entry, now=desk.now)
        if act == "remove"
        else partial(flows.remove_person, **own, person_id=entry, now=desk.now)
    )
    attempt(request, remove, _("Off the list. What it did stays on record."))


def _shown(
    request: HttpRequest, desk: Desk, row: ListRow, phrase_form: PhraseForm, person_form: PersonForm
) -> HttpResponse:
    asked, number = request.GET.get("q", "")[:100].replace("\x00", ""), _page_number(request)
    phrases, count = queries.phrases_of(row.list, asked, number) if row.list.kind != "people" else ([], 0)
    status = HTTPStatus.UNPROCESSABLE_ENTITY if phrase_form.errors or person_form.errors else HTTPStatus.OK
    return page(
        request, "words/list", status, row=row, phrases=[(one, TIERS[one.phrase.tier]) for one in phrases],
        people=[(one, TIERS[one.person.tier]) for one in queries.people_of(row.list)], count=count, asked=asked,
        number=number, more=count > number * queries.PAGE, phrase_form=phrase_form, person_form=person_form,
        hits=[(one, STATES.get(one.state, one.state)) for one in queries.last_hits(row.list)],
        follows=desk.user in queries.followers(row.list), may_edit=desk.may(Permission.EDIT_LISTS),
        may_read=desk.may(Permission.READ_REVIEW), may_judge=desk.may(Permission.DECIDE_REVIEW),
    )  # fmt: skip


def _page_number(request: HttpRequest) -> int:
    asked = request.GET.get("page", "")
    return int(asked) if asked.isascii() and asked.isdigit() and 0 < len(asked) < 5 else 1


@require_http_methods(["GET", "HEAD", "POST"])
def file(request: HttpRequest, list_id: int) -> HttpResponse:
    """A file of words: checked first, taken in with a second press, all of it or nothing."""
    desk, place = here(request)
    row = found(queries.list_of(place, list_id, desk.now))
    form = WordsFileForm(request.POST or None, request.FILES or None)
    if request.method != "POST" or not form.is_valid():
        return page(request, "words/file", _status(form), form=form, row=row)
    try:
        read = take_in(
            form.content, staff=desk.user, place=place, list_id=list_id, tier=form.cleaned_data["tier"],
            now=desk.now, dry_run=request.POST.get("act") != "take",
        )  # fmt: skip
    except Refusal as no:
        form.add_error(None, str(no))
        return page(request, "words/file", _status(form), form=form, row=row)
    if read.added is not None:
        flash.say(request, ngettext("%(n)s is new on the list.", "%(n)s are new on the list.", read.added)
                  % {"n": read.added})  # fmt: skip
        return see_other("staff_word_list", list_id)
    return _checked(request, form, row, read)


def _checked(request: HttpRequest, form: WordsFileForm, row: ListRow, read: Read) -> HttpResponse:
    carried = base64.b64encode(form.content).decode() if len(form.content) <= CARRIED_BYTES else ""
    return page(
        request, "words/file_checked", row=row, read=read, carried=carried, tier=form.cleaned_data["tier"],
        form=WordsFileForm(), faults=[_sentence(fault) for fault in read.faults[:FAULTS_SHOWN]],
        more=max(0, len(read.faults) - FAULTS_SHOWN),
    )  # fmt: skip


def _sentence(fault: Fault) -> str:
    if fault.code == "many":
        return _("A file holds at most %(most)s lines. Send it as several files.") % {"most": fault.value}
    if fault.code == "unreadable":
        return _("Line %(line)s cannot be read as CSV.") % {"line": fault.line}
    told = {"line": fault.line, "text": fault.value, "why": PHRASE_FAULTS[fault.code]}
    return _("Line %(line)s, “%(text)s”: %(why)s") % told
