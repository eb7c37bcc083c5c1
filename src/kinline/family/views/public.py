"""What everybody may read without signing in."""

from email.utils import parseaddr

from django.conf import settings
from django.http import HttpRequest, HttpResponse, HttpResponsePermanentRedirect
from django.shortcuts import render
from django.templatetags.static import static
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.translation import get_language
from django.views.decorators.http import require_POST, require_safe

from kinline.core import clock
from kinline.delivery.queries.stops import stop_now
from kinline.design import colour
from kinline.design.answers import SeeOther
from kinline.design.http import found
from kinline.facilities import queries as facilities
from kinline.family import call_rates, places
from kinline.flows.account import choose_language
from kinline.identity import queries as identity
from kinline.identity.access import is_family, person
from kinline.identity.terms import first_terms
from kinline.payments.queries import terms as payments
from kinline.requests.queries import ways

YEAR_SECONDS = 365 * 24 * 3600
FIRST_FACILITIES = 6
EXAMPLE_LETTERS = 10


@require_safe
def home(request: HttpRequest) -> HttpResponse:
    now, all_places = clock.now(), facilities.public_facilities()
    context = {
        "places": all_places[:FIRST_FACILITIES],
        "more": max(0, len(all_places) - FIRST_FACILITIES),
        "from_cents": places.lowest_price_cents(now),
        "calls": any(place.calls_offered for place in all_places),
        "minute": call_rates.lowest_minute(all_places, now),
    }
    return render(request, "family/public/home.html", context)


@require_safe
def facility_list(request: HttpRequest) -> HttpResponse:
    context = {"regions": places.by_region(facilities.public_facilities())}
    return render(request, "family/public/facilities.html", context)


@require_safe
def facility(request: HttpRequest, slug: str) -> HttpResponse:
    one = found(facilities.facility_by_slug(slug))
    now = clock.now()
    context = {
        "place": places.place(one, now),
        "terms": payments.terms(now),
        "stop": stop_now(one.pk, now),
        "ways": ways(one.pk),
        "theme": one.agency.slug if one.agency.accent else "",
    }
    return render(request, "family/public/facility.html", context)


@require_safe
def facility_calls(request: HttpRequest, slug: str) -> HttpResponse:
    """What calls cost there and on which terms (MON-9, F22); made to be printed."""
    one = found(facilities.facility_by_slug(slug))
    now = clock.now()
    context = {
        "f": one,
        "calls": call_rates.call_page(one, now),
        "terms": payments.terms(now),
        "federal": settings.COUNTRY == "US",
        "theme": one.agency.slug if one.agency.accent else "",
    }
    return render(request, "family/public/calls.html", context)


@require_safe
def prices(request: HttpRequest) -> HttpResponse:
    now = clock.now()
    context = {"agencies": places.priced(now, EXAMPLE_LETTERS), "terms": payments.terms(now)}
    return render(request, "family/public/prices.html", context)


@require_safe
def terms(request: HttpRequest) -> HttpResponse:
    row = identity.current_terms(clock.now())
    spanish = (get_language() or "").startswith("es") and row.text_es
    context = {
        "terms": row,
        "passages": places.passages(row.text_es if spanish else row.text),
        "language": "es" if spanish else "en",
        "sample": row.text == first_terms().text,
    }
    return render(request, "family/public/terms.html", context)


@require_safe
def privacy(request: HttpRequest) -> HttpResponse:
    return render(request, "family/public/privacy.html")


@require_safe
def accessibility(request: HttpRequest) -> HttpResponse:
    return render(request, "family/public/accessibility.html")


@require_safe
def help_page(request: HttpRequest) -> HttpResponse:
    context = {
        "sender": parseaddr(settings.DEFAULT_FROM_EMAIL)[1],
        "from_cents": places.lowest_price_cents(clock.now()),
        "terms": payments.terms(clock.now()),
    }
    return render(request, "family/public/help.html", context)


@require_POST
def language(request: HttpRequest) -> HttpResponse:
    """Another language, and back to the page one was on; never to another site."""
    back = request.POST.get("next", "/")
    safe = url_has_allowed_host_and_scheme(back, {request.get_host()}, require_https=request.is_secure())
    response = SeeOther(back if safe else "/")
    code = request.POST.get("language", "")
    if code in dict(settings.LANGUAGES):
        if is_family(request.user):
            choose_language(person(request), code)
        response.set_cookie(
            settings.LANGUAGE_COOKIE_NAME,
            code,
            max_age=YEAR_SECONDS,
            secure=settings.SESSION_COOKIE_SECURE,
            httponly=True,
            samesite="Lax",
        )
    return response


@require_safe
def theme(request: HttpRequest, slug: str) -> HttpResponse:
    """An agency's accent colour as a stylesheet: the CSP allows no style in the page."""
    agency = found(facilities.agency_by_slug(slug))
    return HttpResponse(colour.stylesheet(agency.accent), "text/css", headers={"Cache-Control": "public, max-age=300"})


@require_safe
def robots(request: HttpRequest) -> HttpResponse:
    """Search engines may show the public pages, and nothing of anybody."""
    private = ("home", "people", "messages", "drafts", "credits", "phone", "notices", "appeals", "account", "activate")
    other = ("password", "username", "kiosk", "staff", "dev", "events", "theme")
    lines = ["User-agent: *", *(f"Disallow: /{name}/" for name in (*private, *other))]
    return HttpResponse("\n".join(lines) + "\n", "text/plain")


@require_safe
def favicon(request: HttpRequest) -> HttpResponse:
    return HttpResponsePermanentRedirect(static("kinline/icon.png"))
