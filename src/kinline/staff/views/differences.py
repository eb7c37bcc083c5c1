"""What our books and the processor's list do not agree on: shown until somebody explains it (MON-7)."""

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from kinline.core.errors import Refusal
from kinline.design import flash
from kinline.design.answers import see_other
from kinline.design.http import found
from kinline.flows.reconcile import explain
from kinline.identity import access
from kinline.identity.permissions import Permission
from kinline.payments.queries.differences import difference as one_of_them
from kinline.payments.queries.differences import differences as all_of_them
from kinline.payments.staff_forms import ExplainForm
from kinline.staff.answers import page
from kinline.staff.desk import desk_of
from kinline.staff.wording import DIFFERENCES


def _named(one: Any) -> tuple[Any, Any]:
    return one, DIFFERENCES.get(one.kind, one.kind)


@require_safe
def differences(request: HttpRequest) -> HttpResponse:
    desk = desk_of(request)
    return page(
        request, "money/differences",
        waiting=[_named(one) for one in all_of_them(desk.user, desk.now)],
        settled=[_named(one) for one in all_of_them(desk.user, desk.now, settled=True, limit=20)],
        may_explain=desk.may(Permission.SETTLE_REFUNDS),
    )  # fmt: skip


@require_http_methods(["GET", "HEAD", "POST"])
def difference(request: HttpRequest, difference_id: int) -> HttpResponse:
    desk = desk_of(request)
    one = found(one_of_them(desk.user, difference_id, desk.now))
    form = ExplainForm(request.POST if request.method == "POST" else None, initial=access.take_kept(request))
    if request.method == "POST" and form.is_valid():
        try:
            explain(staff=desk.user, difference_id=difference_id, now=desk.now, **form.cleaned_data)
        except Refusal as no:
            form.add_error(None, str(no))
        else:
            flash.say(request, _("Explained. It stays on record."))
            return see_other("staff_differences")
    return page(request, "money/difference", form=form, one=one, kind=_named(one)[1])
