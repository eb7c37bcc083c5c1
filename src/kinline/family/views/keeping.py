"""“Keep my money” (MON-6, F16): the link of a reminder. It works without logging in, and only its button changes
anything: mail programs open links."""

from http import HTTPStatus

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_http_methods

from kinline.core import clock
from kinline.core.errors import Refusal
from kinline.family.giving_back import title_of
from kinline.flows.keep import Kept, keep_by_link, look


@require_http_methods(["GET", "HEAD", "POST"])
def keep(request: HttpRequest, token: str) -> HttpResponse:
    kept = look(token)
    if kept is None:
        return render(request, "family/money/keep_dead.html", status=HTTPStatus.GONE)
    if request.method != "POST":
        return _page(request, kept, done=False)
    try:
        return _page(request, keep_by_link(token=token, now=clock.now()), done=True)
    except Refusal:
        return render(request, "family/money/keep_dead.html", status=HTTPStatus.GONE)


def _page(request: HttpRequest, kept: Kept, *, done: bool) -> HttpResponse:
    title = "" if kept.account.startswith("family:") else title_of(kept.account, ())
    return render(request, "family/money/keep.html", {"kept": kept, "title": title, "done": done})
