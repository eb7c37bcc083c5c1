from django.conf import settings
from django.http import HttpResponse
from django.utils import translation
from django.views.decorators.http import require_http_methods

from kinline.design import flash
from kinline.design.answers import see_other
from kinline.kiosk.access import device_required
from kinline.kiosk.answers import page
from kinline.kiosk.forms import LanguageForm
from kinline.kiosk.seat import LANGUAGE_COOKIE, Enrolled
from kinline.residents import services as residents

# A choice made on the first screen is for whoever stands there now.
CHOICE_SECONDS = 180


@require_http_methods(["GET", "HEAD", "POST"])
@device_required
def language(request: Enrolled) -> HttpResponse:
    """The resident's language from now on; before signing in, that of the first screen for a while."""
    form = LanguageForm(request.POST or None)
    if not form.is_valid():
        return page(request, "language.html") if request.resident else see_other("kiosk")
    chosen = form.cleaned_data["language"]
    if request.resident:
        residents.set_language(resident_id=request.resident.pk, language=chosen)
        with translation.override(chosen):
            flash.say(request, translation.gettext("Your language is changed."))
        return see_other("kiosk_letters")
    response = see_other("kiosk")
    response.set_cookie(
        LANGUAGE_COOKIE, chosen, max_age=CHOICE_SECONDS, path="/kiosk/", httponly=True, secure=settings.SECURE
    )
    return response
