from urllib.parse import urlencode

from django.http import HttpRequest, HttpResponse
from django.views.decorators.http import require_POST, require_safe

from kinline.core import clock
from kinline.design.answers import attempt, see_other
from kinline.design.http import found
from kinline.family.answers import me, page
from kinline.family.folders import ACTS, FOLDERS, tidied, undo_of
from kinline.family.forms import TidyForm, ids_of
from kinline.identity.access import family_required
from kinline.messaging import queries as messages


@require_safe
@family_required
def mailbox(request: HttpRequest) -> HttpResponse:
    """MSG-7: one folder, or what a search found; 20 letters a page."""
    party, now, words = me(request), clock.now(), request.GET.get("q", "").strip()
    name, before = request.GET.get("folder") or "inbox", request.GET.get("before") or None
    folder = found(FOLDERS.get(name))
    if words:
        letters = messages.search(party, words, now=now, before=before)
    else:
        letters = messages.page(party, name, now=now, before=before)
    counts = messages.counts(party)
    context = {"letters": letters, "words": words, "before": before, "counts": counts, "unread": counts.unread}
    context |= {"folder": folder, "folder_name": name, "folders": FOLDERS, "acts": ACTS, "undo": undo_of(request)}
    keep = urlencode({"q": words} if words else {"folder": name})
    return page(request, "messages/mailbox.html", status=200, keep=keep, **context)


@require_POST
@family_required
def tidy(request: HttpRequest) -> HttpResponse:
    """Archive, remove or bring back the ticked letters. Only the actor's own are ever touched."""
    form, ids = TidyForm(request.POST), ids_of(request.POST.getlist("ids"))
    back = request.POST.get("folder", "")
    folder = back if back in FOLDERS else "inbox"
    if not form.is_valid() or not ids:
        return see_other("messages", folder=folder)
    act = ACTS[form.cleaned_data["act"]]
    no = attempt(request, lambda: act.flow(me(request), ids, now=clock.now()), act.said(len(ids)))
    return see_other("messages", folder=folder, no=no, **({} if no else tidied(act, ids)))
