"""What each notice says: one table, kind → sentence. Callers give the params named in the sentence.

Param names say how a value is written: `*_cents` as money, `*_at` as day and time, `*_on` as a day;
`{"en": …, "es": …}` as the reader's language; anything else as it is. Notices are read after signing in,
so they may name people and places; emails (`mails`) never do. No notice holds the text of a message.
"""

from collections.abc import Mapping
from datetime import date, datetime
from typing import Any, NamedTuple

from django.utils import timezone
from django.utils.functional import Promise
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _

from kinline.core.money import dollars, short
from kinline.core.parties import FAMILY, Side
from kinline.design import wording


class Said(NamedTuple):
    """The sentence for the family and, where the two sides hear different things, for the resident."""

    family: str | Promise
    resident: str | Promise | None = None


_NOT_DELIVERED = _(
    "Your letter to %(other_name)s, sent %(sent_at)s, was not delivered. Rule: %(rule)s. Reason: %(reason)s. "
    "The facility wrote: “%(explanation)s” What you paid for it came back to you. You can ask another person to "
    "decide again. This is free. You can ask until the end of %(appeal_until_on)s."
)
_TO_YOU_NOT_DELIVERED = _(
    "A letter from %(other_name)s to you, sent %(sent_at)s, was not delivered. Rule: %(rule)s. Reason: %(reason)s. "
    "The facility wrote: “%(explanation)s” You can ask another person to decide again. This is free. You can "
    "ask until the end of %(appeal_until_on)s."
)

NOTICES: Mapping[str, Said] = {
    # Letters. MSG-3, MSG-4, DEL-5, DEL-6
    "message_not_delivered": Said(_NOT_DELIVERED),
    "message_to_you_not_delivered": Said(_TO_YOU_NOT_DELIVERED),
    "appeal_filed": Said(
        _("You asked another person to decide again on a letter with %(other_name)s. The answer comes by %(due_on)s.")
    ),
    "appeal_won": Said(
        _("Another person decided again: the letter with %(other_name)s is delivered, free. They wrote: “%(answer)s”")
    ),
    "appeal_lost": Said(
        _("Another person decided again: the letter with %(other_name)s stays undelivered. They wrote: “%(answer)s”")
    ),
    "collect_waiting": Said(
        _("A letter from %(other_name)s waits for you. Opening it costs %(price_cents)s from your message credits.")
    ),
    "collect_opened": Said(
        _("A letter from %(other_name)s was opened and paid with %(price_cents)s, as you always accept theirs.")
    ),
    "collect_accepted": Said(_("%(other_name)s accepted the charge for your letter. It is delivered.")),
    "collect_declined": Said(
        _(
            "%(other_name)s did not accept the charge for your letter. "
            "You can pay for it yourself, then it is delivered."
        )
    ),
    "message_returned": Said(
        _("Your letter to %(other_name)s can no longer be delivered. What you paid for it came back to you.")
    ),
    "reply_returned": Said(
        _("You paid for a reply from %(other_name)s. It was not sent, so %(price_cents)s came back to you.")
    ),
    # Contacts and custody. CON-1 to CON-4
    "contact_waiting": Said(_("%(other_name)s asks to be your contact. You can say yes or no.")),
    "contact_approved": Said(_("You and %(other_name)s can now write to each other.")),
    "contact_denied": Said(_("The facility did not approve you and %(other_name)s as contacts. Reason: %(reason)s")),
    "contact_restricted": Said(_("You and %(other_name)s cannot write to each other at this time. Reason: %(reason)s")),
    "restriction_ended": Said(_("You and %(other_name)s can write to each other again.")),
    "privileged_verified": Said(
        _("Letters between you and %(other_name)s are confidential from now on: nobody on staff can read them.")
    ),
    "privileged_refused": Said(
        _("The facility did not make your letters with %(other_name)s confidential. Reason: %(reason)s")
    ),
    "privileged_ended": Said(
        _("The facility ended the confidential letters between you and %(other_name)s. Reason: %(reason)s")
    ),
    "arrival": Said(_("%(other_name)s is now at %(facility_name)s. You can add them to your people.")),
    "transfer": Said(
        _("%(other_name)s is now at %(facility_name)s. Your letters moved along; the rules of the new place apply."),
        _("You are now at %(facility_name)s. Your contacts and letters moved along; the rules of this place apply."),
    ),
    "release": Said(
        _("%(other_name)s is no longer in custody. You can still read and print your letters, but not write here."),
        _("%(other_name)s can no longer be written to from here."),
    ),
    "invited": Said(_("%(other_name)s would like to write with you. Say yes under “Your people”.")),
    "invitation_accepted": Said(_("%(other_name)s accepted your invitation.")),
    # Money. MON-3, MON-5
    "card_payment_failed": Said(_("Your payment of %(amount_cents)s by card did not work. %(why)s")),
    "payment_sent_back": Said(
        _("Your payment of %(amount_cents)s came when nothing could be added any more. It goes back to your card.")
    ),
    "top_up_done": Said(_("Your automatic top-up added %(amount_cents)s from your card %(card)s.")),
    "top_up_failed": Said(
        _("Your automatic top-up of %(amount_cents)s did not work. %(why)s We try again after %(again_at)s.")
    ),
    "top_up_stopped": Said(_("Your automatic top-up has ended. %(why)s You can set it up again at any time.")),
    "dispute_opened": Said(
        _(
            "The bank of a card asked for a payment of %(amount_cents)s back. %(recovered_cents)s of it that was not "
            "spent was taken off the balance it was for. Only that payment is touched."
        )
    ),
    "dispute_won": Said(
        _("The bank of a card let a payment of %(amount_cents)s stand. %(recovered_cents)s is back on the balance.")
    ),
    "money_added": Said(_("%(amount_cents)s was added to your message credits. Receipt %(number)s.")),
    "calls_money_added": Said(_("%(amount_cents)s was added to your calling account. Receipt %(number)s.")),
    # Money that goes back. MON-6
    "refund_asked": Said(
        _("%(amount_cents)s is on its way back to you. Under “Credits” you see where it is."),
        _("%(amount_cents)s is on the pay-out list. The facility’s finance staff pay it to you."),
    ),
    "refund_of_others": Said(
        _("The owner of a telephone number asked for unused money: %(amount_cents)s that you put in comes back to you.")
    ),
    "refund_sent": Said(_("%(amount_cents)s was sent to your card. Most banks show it within 10 days.")),
    "refund_card_failed": Said(
        _("Your card could not take %(amount_cents)s back. We send a cheque to the address in your account instead.")
    ),
    "refund_paid": Said(_("%(amount_cents)s of unused money was paid to you.")),
    "refund_returned": Said(
        _("A payment of %(amount_cents)s came back to us. Correct the address in your account, and we send it again."),
        _("A payment of %(amount_cents)s came back to us. Ask the facility’s finance staff about it."),
    ),
    "refund_recalled": Said(_("Your bank took %(amount_cents)s back itself, so we do not send it as well.")),
    "refund_inactive": Said(
        _("You did not use your balance for a long time, so %(amount_cents)s is on its way back to you.")
    ),
    "keep_reminder": Said(
        _(
            "You have not used %(amount_cents)s for some months. If you do not log in or use it until %(refund_on)s, "
            "we send it back to you."
        )
    ),
    "unclaimed_notice": Said(
        _("We could not send you %(amount_cents)s. Correct the address in your account, or it goes to your state.")
    ),
    "gift_undone": Said(_("Somebody who gave you %(amount_cents)s took it back within a day.")),
    # Notes and a resident's own list. TEL-13, T10
    "call_me": Said(_("%(other_name)s asks you to call: %(number)s.")),
    "number_approved": Said(_("Staff approved %(number)s (%(other_name)s). You can call it now.")),
    "number_denied": Said(
        _(
            "Staff did not approve %(number)s (%(other_name)s). Reason: %(reason)s You can ask within 15 days that "
            "somebody else decides again. This is free: “Phone”, this number."
        )
    ),
    "number_taken_off": Said(
        _("Who has the number %(number)s (%(other_name)s) does not want calls from you. Only they can undo it.")
    ),
    "number_on_list": Said(
        _(
            "%(other_name)s, at %(facility)s, may call your number %(number)s now: staff approved it. You can have it "
            "taken off the list: “Phone”, this number."
        )
    ),
    "number_not_on_list": Said(
        _(
            "Staff at %(facility)s did not let %(other_name)s call your number %(number)s. Reason: %(reason)s Until "
            "the end of %(until_on)s you can ask that somebody else decides again. This is free: “Phone”, this number."
        )
    ),
    "number_appeal_filed": Said(_("You asked that somebody else decides again on the number %(number)s.")),
    "number_appeal_granted": Said(
        _("Somebody else decided again: calls to %(number)s are approved. Answer: %(reason)s")
    ),
    "number_appeal_kept": Said(
        _("Somebody else decided again: calls to %(number)s stay not approved. Answer: %(reason)s")
    ),
    # Telephone numbers. TEL-8
    "number_proved": Said(_("The number %(number)s is confirmed as yours. You see its balance now.")),
    "number_moved": Said(
        _(
            "Somebody else confirmed the number %(number)s as theirs. You do not see its balance any more. "
            "If it is still yours, confirm it again."
        )
    ),
    "number_blocked": Said(
        _(
            "Somebody pressed the key that blocks calls to the number %(number)s. Nobody in a facility can call it "
            "now. You can change that under “Phone”."
        )
    ),
    # Prices of calls. TEL-5
    "call_rates": Said(
        _("Calls from %(facility_name)s have new prices from %(from_at)s: %(rate)s a minute in the United States.")
    ),
    # Safety of the account. ACC-5 to ACC-7, TEL-12
    "password_changed": Said(_("Your password was changed. If this was not you, ask for help at once.")),
    "email_changed": Said(_("Your email address was changed. If this was not you, ask for help at once.")),
    "locked_out": Said(_("Somebody tried wrong passwords on your account several times. Logging in was paused.")),
    "pin_reset": Said(_("Staff gave you a new PIN. You choose your own when you sign in.")),
    # Emergencies and broadcasts. STF-8
    "letters_stopped": Said(
        _(
            "%(facility_name)s stopped all letters until %(until_at)s. Reason: %(why)s. You can go on writing: your "
            "letters are kept and go out by themselves afterwards."
        )
    ),
    "letters_go_again": Said(_("%(facility_name)s lets letters through again. What was kept goes out now.")),
    "broadcast": Said(_("%(facility_name)s says: %(told)s")),
    # Requests of residents. KSK-5
    "request_first_answer": Said(_("Staff gave a first answer to what you filed %(filed_at)s: “%(form)s”.")),
    "request_answered": Said(_("There is an answer to what you filed %(filed_at)s: “%(form)s”.")),
}
_UNKNOWN = Said(_("Something changed on your account."))


class _Params(dict[str, Any]):
    """A sentence with a missing param is still a sentence: a page never fails over one."""

    def __missing__(self, name: str) -> str:
        return "…"


def sentence(kind: str, side: Side, params: Mapping[str, Any]) -> str:
    """The notice in the current language and time zone."""
    said = NOTICES.get(kind, _UNKNOWN)
    text = said.family if side == FAMILY or said.resident is None else said.resident
    return filled(text, params)


def filled(text: str | Promise, params: Mapping[str, Any]) -> str:
    """`text` in the current language with its params written out. A reason that ends its own sentence ends it once."""
    sentence = str(text)
    words = _Params()
    for name, value in params.items():
        word = written(name, value)
        words[name] = word.removesuffix(".") if f"%({name})s." in sentence else word
    return sentence % words


def written(name: str, value: Any) -> str:
    """One param as a person reads it, by the ending of its name."""
    if isinstance(value, dict):
        return str(value.get((get_language() or "en")[:2]) or value.get("en") or "")
    if name.endswith("_cents"):
        return short(value) if name.startswith("price") else dollars(value)
    if name.endswith("_at") and value:
        at = value if isinstance(value, datetime) else datetime.fromisoformat(value)
        return wording.full_moment(at, timezone.get_current_timezone())
    if name.endswith("_on") and value:
        return wording.full_day(value if isinstance(value, date) else date.fromisoformat(value))
    return str(value)
