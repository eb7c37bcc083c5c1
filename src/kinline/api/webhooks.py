"""Events that the card processor sends (MON-7, PCI3). Kept and answered at once; a job looks into them."""

from django.http import HttpRequest, HttpResponse, UnreadablePostError
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_POST

from kinline.core import clock
from kinline.flows.processor_event import receive
from kinline.payments.processors import BadSignature

LIMIT_BYTES = 262_144  # the processor's events have a few thousand


@csrf_exempt  # no browser and no session: the signature proves who sent it
@require_POST
def stripe(request: HttpRequest) -> HttpResponse:
    """200 when it is kept (or was before); 400: not signed by the processor; 413: too long to be an event."""
    try:
        body = request.read(LIMIT_BYTES + 1)
    except UnreadablePostError:
        return HttpResponse(status=400)
    if len(body) > LIMIT_BYTES:
        return HttpResponse(status=413)
    try:
        receive(body, request.headers.get("Stripe-Signature", ""), clock.now())
    except BadSignature:
        return HttpResponse(status=400)
    return HttpResponse(status=200)
