"""The demo's telephones at /dev/call/: place a call, watch both ends, the money and the record. Only in the demo."""

import base64
from collections.abc import Callable
from functools import wraps
from typing import Any, Final, NoReturn
from uuid import UUID

from django.conf import settings
from django.core.handlers.wsgi import WSGIRequest
from django.http import Http404, HttpResponse
from django.shortcuts import render
from django.urls import URLPattern, path
from django.utils.translation import get_language, gettext
from django.views.decorators.http import require_http_methods, require_safe

from kinline.core import clock
from kinline.core.http import CSP
from kinline.design import flash
from kinline.design.answers import see_other
from kinline.design.http import found
from kinline.ops import call_progress, datadir
from kinline.ops.call_forms import MENU, Keys, Place, Resident
from kinline.ops.outside import door
from kinline.residents.models import Resident as Person
from kinline.telephony.models import AllowedNumber, Station
from kinline.telephony.queries import authority

WITH_SOUND: Final = CSP + "; media-src 'self'"
View = Callable[..., HttpResponse]


def demo_only(view: View) -> View:
    @wraps(view)
    def seen(request: WSGIRequest, *words: Any, **named: Any) -> HttpResponse:
        if not settings.DEMO:
            raise Http404
        try:
            return view(request, *words, **named)
        except door.Closed:
            return render(request, "ops/call_closed.html", status=503)

    return seen


@demo_only
@require_http_methods(["GET", "HEAD", "POST"])
def place(request: WSGIRequest) -> HttpResponse:
    """Choose who calls; then whom, and how it goes."""
    residents = _residents()
    typed = request.POST if request.method == "POST" else request.GET
    who = next((one for one in residents if one["number"] == typed.get("resident")), residents[0])
    numbers = _numbers(who)
    form = Place(request.POST or None, numbers=numbers, initial={"resident": who["number"]})
    if request.method == "POST" and form.is_valid():
        if form.keys or form.cleaned_data["how"] == "menu":
            return _placed(request, form, who)
        form.add_error("number", gettext("Choose a number, or type its keys."))
    chosen = Resident(initial={"resident": who["number"]}, residents=residents)
    return render(request, "ops/call_place.html", {"form": form, "chosen": chosen, "who": who})


def _placed(request: WSGIRequest, form: Place, who: dict[str, Any]) -> HttpResponse:
    key: UUID = form.cleaned_data["key"]
    person, station = _person(who), _station(who)
    is_menu = form.cleaned_data["how"] == "menu"
    number = _meant(person.pk, station, form.keys)
    purses = call_progress.purses(person.pk, number)
    dialled = "*".join(filter(None, (who["number"], who["pin"], form.keys, form.cleaned_data["payer"])))
    about = {
        "resident": who["number"], "name": who["name"], "station": station, "keys": form.keys, "menu": is_menu,
        "began": clock.now().isoformat(), "purses": purses, "before": call_progress.cents_of(purses),
    }  # fmt: skip
    begun = _ask(
        do="place", id=key.hex, station=station, keys=MENU if is_menu else dialled, number=number,
        who=form.cleaned_data["who"], about=about,
    )  # fmt: skip
    if not begun:
        flash.say(request, gettext("Four calls go on already. Wait until one is over."), "bad")
        return see_other("dev-call")
    return see_other("dev-call-one", key.hex)


@demo_only
@require_http_methods(["GET", "HEAD", "POST"])
def one(request: WSGIRequest, key: str) -> HttpResponse:
    """How far it is; a key pressed at one of its telephones, or one of them hung up."""
    if request.method == "POST":
        form = Keys(request.POST)
        if form.is_valid():
            keys = form.cleaned_data["keys"]
            _ask(do="press" if keys else "hang_up", id=key, leg=form.cleaned_data["leg"], keys=keys)
        return see_other("dev-call-one", key)
    facts = found(_ask(do="facts", id=key))
    shown = call_progress.shown(facts, get_language() or "en", clock.now())
    words = {"shown": shown, "key": key, "about": facts["about"], "call_keys": _call_keys()}
    return render(request, "ops/call_one.html", words)


@demo_only
@require_safe
def sound(request: WSGIRequest, key: str, leg: str) -> HttpResponse:
    """Everything that this telephone has heard so far."""
    if leg not in door.LEGS:
        raise Http404
    said = found(_ask(do="heard", id=key, leg=leg))
    answer = HttpResponse(base64.b64decode(said), content_type="audio/wav")
    answer.headers["Content-Security-Policy"] = WITH_SOUND  # a browser shows a player of its own
    return answer


def _call_keys() -> list[tuple[str, str]]:
    return [("1", gettext("accept")), ("2", gettext("refuse")), ("9", gettext("price")), ("7", gettext("block"))]


def _ask(**question: Any) -> Any:
    return door.ask(settings.OUTSIDE, **question)


def _residents() -> list[dict[str, Any]]:
    """Those of demo.json who have a PIN of their own; their PINs stay here."""
    known = datadir.read_json(settings.DATA / "demo.json").get("residents", ())
    return [one for one in known if not one.get("first_use")] or _closed()


def _closed() -> NoReturn:
    raise door.Closed


def _meant(resident_id: int, station: str, keys: str) -> str:
    """Whose telephone will ring, if one does."""
    place = authority.station(station)
    line = authority.hotline(place.facility_id, keys) if place else None
    return line.number if line else authority.meant(resident_id, keys).number


def _person(who: dict[str, Any]) -> Person:
    return Person.objects.get(number=who["number"], custodies__facility__slug=who["facility"], custodies__ended_at=None)


def _station(who: dict[str, Any]) -> str:
    """A telephone of where they are held."""
    rows = Station.objects.filter(facility__slug=who["facility"], disabled_at=None).order_by("pk")
    return found(rows.values_list("username", flat=True).first())


def _numbers(who: dict[str, Any]) -> list[tuple[str, str]]:
    """Their list, with names."""
    person = Person.objects.filter(number=who["number"], custodies__facility__slug=who["facility"]).first()
    rows = AllowedNumber.objects.filter(resident=person, approved=True, removed_at=None).order_by("pk")
    named = [(row.number, f"{row.name} · {_written(row.number)}") for row in rows]
    return named or [("", gettext("Nobody is on the list"))]


def _written(number: str) -> str:
    return f"({number[2:5]}) {number[5:8]}-{number[8:]}" if number.startswith("+1") and len(number) == 12 else number


urlpatterns: list[URLPattern] = [
    path("", place, name="dev-call"),
    path("<slug:key>/", one, name="dev-call-one"),
    path("<slug:key>/<slug:leg>.wav", sound, name="dev-call-sound"),
]
