"""A file of deposits in the browser: checked first, taken in with a second press, all of it or nothing (MON-3)."""

import base64

from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from kinline.core.errors import Refusal
from kinline.design import flash
from kinline.design.answers import see_other
from kinline.flows.deposit_file import Imported, import_deposits
from kinline.payments.file_wording import sentence
from kinline.payments.staff_forms import FileForm
from kinline.staff.answers import page
from kinline.staff.desk import here

CARRIED_BYTES = 1_500_000  # of a larger file the page would not fit into a form; it is chosen again
FAULTS_SHOWN = 200


@require_http_methods(["GET", "HEAD", "POST"])
def take_in(request: HttpRequest) -> HttpResponse:
    desk, place = here(request)
    if request.method != "POST":
        return page(request, "money/import", form=FileForm())
    form = FileForm(request.POST, request.FILES)
    if not form.is_valid():
        return page(request, "money/import", form=form)
    check_only = request.POST.get("act") != "take"
    try:
        result = import_deposits(
            form.content, name=form.cleaned_data["name"] or "deposits.csv", staff=desk.user, facility_id=place.pk,
            now=desk.now, dry_run=check_only,
        )  # fmt: skip
    except Refusal as no:
        form.add_error(None, str(no))
        return page(request, "money/import", form=form)
    if result.file_id and not result.again:
        flash.say(request, _("%(lines)s deposits are taken in.") % {"lines": result.lines})
        return see_other("staff_deposit")
    return _checked(request, form, result)


def _checked(request: HttpRequest, form: FileForm, result: Imported) -> HttpResponse:
    """What the file says, and each fault with its line; nothing was done yet."""
    carried = base64.b64encode(form.content).decode() if len(form.content) <= CARRIED_BYTES else ""
    return page(
        request, "money/import_checked",
        result=result, name=form.cleaned_data["name"], carried=carried, form=FileForm(),
        faults=[sentence(fault) for fault in result.faults[:FAULTS_SHOWN]],
        more=max(0, len(result.faults) - FAULTS_SHOWN),
    )  # fmt: skip
