"""The sentence of each state of a contact, for the one who reads it (CON-2, CON-3)."""

from datetime import datetime
from zoneinfo import ZoneInfo

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from kinline.core.parties import Side
from kinline.design.wording import full_day

_CANNOT_NOW = _("Letters to %(name)s cannot be sent at this time.")

SENTENCES: dict[tuple[str, Side | None], str | Promise] = {
    ("ok", None): _("You can write to each other."),
    ("waiting_consent", "family"): _("Waiting since %(since)s for %(name)s to agree."),
    ("waiting_consent", "resident"): _("%(name)s asked on %(since)s to write to you. You can say yes or no."),
    ("waiting_approval", None): _("Waiting since %(since)s for the facility to approve this contact."),
    ("declined", None): _CANNOT_NOW,
    ("declined_by_me", None): _("You said no to this contact on %(since)s. You can still say yes."),
    ("denied", None): _("The facility did not approve this contact on %(since)s."),
    ("restricted", None): _("The facility has stopped letters between you since %(since)s."),
    ("blocked_by_me", None): _("You blocked %(name)s on %(since)s. You can undo this at any time."),
    ("blocked", None): _CANNOT_NOW,
    ("released", "family"): _("%(name)s left custody on %(since)s. You can still read and keep your letters."),
    ("released", "resident"): _("You left custody on %(since)s. You can still read and keep your letters."),
    ("privileged", None): _(
        "%(facility)s does not offer confidential letters, so %(name)s cannot be written to here. Use paper or a visit."
    ),
    ("privileged_ended", None): _(
        "The facility ended the confidential letters between you on %(since)s. What you wrote stays sealed."
    ),
    ("privileged_waiting", None): _(
        "Waiting since %(since)s for the facility to confirm that letters between you are confidential. "
        "Until then none can be sent, so that none is read by mistake."
    ),
    ("privileged_paper", None): _(
        "%(name)s gets letters on paper. Confidential letters are never printed here: use legal mail or a visit."
    ),
    ("privileged_closed", None): _(
        "Confidential letters cannot be written or opened at this moment. Nothing is lost. Please try again later."
    ),
    ("not_offered", None): _("%(facility)s does not offer electronic letters. Letters on paper may still be possible."),
    ("closed_account", None): _("%(name)s no longer has an account here."),
}


def sentence(
    code: str, side: Side, *, name: str, since: datetime, facility: str, time_zone: str, told: str = ""
) -> str:
    """What `side` reads about a contact with `name`; dates are those of the facility's place."""
    text = str(SENTENCES.get((code, side)) or SENTENCES[code, None])
    day = full_day(since.astimezone(ZoneInfo(time_zone)))
    said = text % {"name": name, "since": day, "facility": facility}
    return f"{said} {told}" if told else said
