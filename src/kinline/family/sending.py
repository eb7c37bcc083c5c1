"""What the writer is told right after pressing send."""

from django.http import HttpRequest
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from kinline.design import flash
from kinline.flows.send_message import Sent

# By the letter's state after sending. Its page tells the way step by step.
AFTER_SENDING: dict[str, str | Promise] = {
    "delivered": _("Sent and delivered."),
    "scheduled": _("Sent. It is delivered later, as this facility's rules say."),
    "review": _("Sent. The facility reads it first."),
    "collect": _("Sent. It waits for them to accept the charge."),
}
_REFUSED = _("This letter was not delivered. You paid nothing. The reason is below.")


def say_sent(request: HttpRequest, sent: Sent) -> None:
    """One sentence at the top of the letter's page; a second tab hears that it was sent already."""
    if sent.again:
        flash.say(request, _("This letter was already sent. It was sent once and costs once."))
    elif sent.state in AFTER_SENDING:
        flash.say(request, AFTER_SENDING[sent.state])
    else:
        flash.say(request, _REFUSED, "bad")
