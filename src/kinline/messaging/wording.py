"""Where a letter is, in a sentence (MSG-6). The one place for these words; `rules` says which applies."""

from datetime import date, datetime, timedelta

from django.utils import timezone
from django.utils.translation import get_language, ngettext
from django.utils.translation import gettext as _

from kinline.core.money import short
from kinline.design import wording
from kinline.messaging.rules import Facts, Step, status_code


def status_sentence(facts: Facts, name: str, *, now: datetime, usual: timedelta | None = None) -> str:
    """To the sender. `name`: the recipient's first name; `usual`: the typical wait at this facility, if known."""
    times = {
        "since": _at(facts.sent_at, now), "at": _at(facts.deliver_at, now), "delivered": _at(facts.delivered_at, now),
        "opened": _at(facts.opened_at, now), "ended": _at(facts.ended_at, now), "name": name,
    }  # fmt: skip
    sentence = _SENTENCES[status_code(facts)]() % times
    if facts.state == "review" and usual is not None:
        sentence = f"{sentence} {usual_sentence(usual)}"
    return sentence


_SENTENCES = {
    "review": lambda: _("Being read by the facility since %(since)s."),
    "scheduled": lambda: _("Will be delivered %(at)s."),
    "held": lambda: _("Kept while the facility stops all letters. It goes out by itself afterwards."),
    "collect": lambda: _("Waiting for %(name)s to accept the charge, since %(since)s."),
    "paper": lambda: _("Will be printed, and handed over on paper."),
    "delivered": lambda: _("Delivered %(delivered)s."),
    "opened": lambda: _("Opened %(opened)s."),
    "refused": lambda: _("Was not delivered. The facility decided this %(ended)s. Nothing was charged."),
    "withdrawn": lambda: _("You took it back %(ended)s. Nothing was charged."),
    "declined": lambda: _("%(name)s did not accept the charge. You can pay for it, and it is delivered."),
    "returned": lambda: _("Could not be delivered any more. Nothing was charged."),
}


def _at(dt: datetime | None, now: datetime) -> str:
    return wording.moment(dt, now, timezone.get_current_timezone()) if dt else ""


def usual_sentence(usual: timedelta) -> str:
    """How long a review usually takes here, rounded to what a person would say."""
    minutes = max(1, round(usual.total_seconds() / 60))
    if minutes < 60:
        return ngettext("Usually %(n)s minute here.", "Usually %(n)s minutes here.", minutes) % {"n": minutes}
    hours = round(minutes / 60)
    return ngettext("Usually %(n)s hour here.", "Usually %(n)s hours here.", hours) % {"n": hours}


def step_sentence(step: Step, facts: Facts, name: str, *, now: datetime) -> str:
    """One line of the letter's way, as the sender reads it."""
    values = {"at": _at(step.at, now), "price": short(facts.price_cents), "name": name}
    return _STEPS[step.code]() % values if step.done else _COMING[step.code]() % values


_STEPS = {
    "sent_held": lambda: _("Sent %(at)s, %(price)s set aside"),
    "sent": lambda: _("Sent %(at)s"),
    "review": lambda: _("Read by the facility since %(at)s"),
    "delivered": lambda: _("Delivered %(at)s"),
    "delivered_paid": lambda: _("Delivered %(at)s, and %(price)s paid"),
    "opened": lambda: _("Opened by %(name)s %(at)s"),
    "refused": lambda: _("Not delivered. Decided %(at)s; nothing was charged"),
    "withdrawn": lambda: _("Taken back by you %(at)s; nothing was charged"),
    "declined": lambda: _("%(name)s did not accept the charge, %(at)s"),
    "returned": lambda: _("Could not be delivered any more, %(at)s; nothing was charged"),
}

_COMING = {
    "scheduled": lambda: _("Waits for the facility's delivery time, %(at)s"),
    "held": lambda: _("Waits until the facility lets letters through again"),
    "collect": lambda: _("Waits for %(name)s to accept the charge of %(price)s"),
    "paper": lambda: _("Printed, and handed over on paper"),
    "delivered": lambda: _("Delivered"),
    "delivered_paid": lambda: _("Delivered, and %(price)s paid"),
}


def appeal_sentence(outcome: str, due_on: date) -> str:
    """How an appeal stands; `due_on`: the last working day for its answer (DEL-6)."""
    return _APPEALS[outcome]() % {"day": wording.full_day(due_on)}


_APPEALS = {
    "": lambda: _("Another person answers by %(day)s."),
    "won": lambda: _("Won: the letter is delivered, free."),
    "lost": lambda: _("Not won: the letter stays undelivered."),
}


def reply_sentence(state: str, name: str, price_cents: int, at: datetime | None, *, now: datetime) -> str:
    """How a reply stands that the reader of this paid for ahead (MSG-3). `at`: until when it waits, or when the money
    came back; None while the letter itself is on its way. `name`: whose reply.
    """
    code = "coming" if state == "open" and at is None else state
    return _REPLIES[code]() % {"name": name, "price": short(price_cents), "at": _at(at, now)}


_REPLIES = {
    "coming": lambda: _("You pay for %(name)s's reply, too: %(price)s is set aside for it."),
    "open": lambda: _("You paid for %(name)s's reply: %(price)s is set aside for it until %(at)s, then it comes back."),
    "used": lambda: _("You paid for %(name)s's reply: %(price)s."),
    "returned": lambda: _("You paid for %(name)s's reply. It was not sent, so %(price)s came back to you %(at)s."),
}


def payer_sentence(payer: str, *, mine: bool, name: str, agency: str) -> str:
    """Who pays for a letter when that is neither its sender nor its reader. `mine`: said to its sender."""
    if payer == "agency":
        return _("%(agency)s pays for this letter.") % {"agency": agency}
    if payer == "prepaid":
        return _("%(name)s paid for this reply.") % {"name": name} if mine else _("You paid for this reply.")
    return ""


def localised(text: str, text_es: str) -> str:
    """What a facility wrote, in the reader's language if it wrote it in that."""
    return (text_es or text) if (get_language() or "").startswith("es") else text
