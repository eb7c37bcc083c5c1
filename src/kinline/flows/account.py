"""My account (ACC-7): profile, email, password, sessions, preferences, download. Closing is `close_account`."""

import json
from collections.abc import Iterator
from dataclasses import asdict, is_dataclass
from datetime import date, datetime
from itertools import islice
from typing import Any

from kinline.contacts import claims
from kinline.contacts import queries as contacts
from kinline.contacts.models import PrivilegeClaim
from kinline.core.audit import record
from kinline.core.parties import FAMILY, Party
from kinline.core.transaction import story
from kinline.flows import call_history
from kinline.flows.create_account import tell_owner
from kinline.flows.limiting import count_try, until
from kinline.flows.recover import tell_password_changed
from kinline.identity import passwords, queries
from kinline.identity import services as identity
from kinline.identity.errors import DeadLink, SameEmail, TooOften, WrongCode, WrongPassword
from kinline.identity.models import OneTimeCode, Purpose, User
from kinline.identity.services import attempts
from kinline.ledger import chart
from kinline.ledger import queries as books
from kinline.messaging import queries as messages
from kinline.notices import queries as told
from kinline.notices import services as notices
from kinline.payments.queries import given, numbers, refunds, statements
from kinline.telephony.models import CallMe
from kinline.telephony.queries import family

HISTORY_LINES = 100_000


@story
def edit_profile(user: User, *, profile: dict[str, Any], now: datetime) -> None:
    identity.set_profile(user_id=user.pk, profile=profile)
    _record(user, "account.profile", now)


@story
def choose(user: User, *, language: str, notify_by_email: bool) -> None:
    """Language and notifications."""
    identity.set_preferences(user_id=user.pk, language=language, notify_by_email=notify_by_email)


@story
def choose_language(user: User, language: str) -> None:
    """By the switch at the foot of every page."""
    identity.set_preferences(user_id=user.pk, language=language, notify_by_email=user.notify_by_email)


def prove(user: User, *, password: str, now: datetime) -> None:
    """The current password, before what matters. Raises WrongPassword, which is counted, and TooOften."""
    refusal = _prove(user, password, now)
    if refusal is not None:
        raise refusal


@story
def _prove(user: User, password: str, now: datetime) -> TooOften | WrongPassword | None:
    attempts.hold("password_check", user.pk)
    paused = attempts.paused_until("password_check", user.pk, now)
    if paused is not None:
        return TooOften(until=until(paused))
    if not passwords.matches(password, user.password):
        attempts.add("password_check", user.pk, now)
        return WrongPassword()
    attempts.forget("password_check", user.pk)
    return None


def change_password(user: User, *, current: str, new: str, session_key: str | None, now: datetime) -> None:
    """All other sessions end, and the owner is told. Raises WrongPassword, TooOften."""
    prove(user, password=current, now=now)
    _change_password(user, passwords.make(new), session_key, now)


@story
def _change_password(user: User, password_hash: str, session_key: str | None, now: datetime) -> None:
    identity.set_password(user=user, password_hash=password_hash, keep_session=session_key)
    _record(user, "account.password", now)
    tell_password_changed(user, now)


def ask_email_change(user: User, *, email: str, password: str, now: datetime) -> None:
    """A link and a code to the new address, a word to the old. Raises SameEmail, WrongPassword, TooOften.

    An address that another account has proved looks the same from here; its owner is told instead (ACC-3).
    """
    prove(user, password=password, now=now)
    if email.lower() == user.email.lower():
        raise SameEmail
    count_try("change_email", user.pk, now)
    _ask_email_change(user, email, now)


@story
def _ask_email_change(user: User, email: str, now: datetime) -> None:
    # So that the page says "waits for you to confirm" whoever has the address. The job makes the code that is sent.
    identity.issue_code(user_id=user.pk, purpose=Purpose.CHANGE_EMAIL, now=now, new_email=email)
    notices.mail(to=user.email, kind="email_changed_old", now=now, user=user, language=user.language)
    owner = queries.active_with_email(email)
    if owner is not None:
        tell_owner(owner, now)
    else:
        notices.mail(to=email, kind="email_change_confirm", now=now, user=user, language=user.language)


@story
def confirm_email_by_link(user: User, *, token: str, now: datetime) -> None:
    """Only the account's own session may: the address might be a stranger's by a slip. Raises DeadLink, EmailTaken."""
    used = identity.use_token(token=token, purpose=Purpose.CHANGE_EMAIL, now=now)
    if used is None or used.user_id != user.pk:
        raise DeadLink
    _set_email(user, used, now)


def confirm_email_by_code(user: User, *, code: str, now: datetime) -> None:
    """Raises WrongCode (counted: five end the code), EmailTaken."""
    if not _by_code(user, code, now):
        raise WrongCode


@story
def _by_code(user: User, code: str, now: datetime) -> bool:
    used = identity.use_code(user_ids=[user.pk], purpose=Purpose.CHANGE_EMAIL, code=code, now=now)
    if used is None:
        return False
    _set_email(user, used, now)
    return True


def _set_email(user: User, used: OneTimeCode, now: datetime) -> None:
    identity.set_email(user=user, email=used.new_email)
    _record(user, "account.email", now)
    notices.tell(Party(FAMILY, user.pk), "email_changed", now)


@story
def end_session(user: User, *, handle: str, now: datetime) -> bool:
    """End one of one's own sessions; false when it was over."""
    ended = identity.end_session(user_id=user.pk, handle=handle)
    _record(user, "account.end_session", now)
    return ended


@story
def end_other_sessions(user: User, *, session_key: str | None, now: datetime) -> int:
    ended = identity.end_sessions(user_id=user.pk, keep=session_key)
    _record(user, "account.end_sessions", now)
    return ended


def download(user: User, now: datetime) -> Iterator[str]:
    """Everything we hold of the person, as one JSON text, piece by piece: a mailbox may be large (ACC-7)."""
    party = Party(FAMILY, user.pk)
    money = chart.messages_of(party)
    parts = {
        "made_at": now,
        **queries.export(user),
        "contacts": [_contact(view) for view in contacts.contacts_of(party, now)],
        "claims_of_confidence": [_claim(one) for one in claims.made_by(user.pk)],
        "message_credits": {
            "balance": books.balance(money),
            "history": books.history(money, limit=HISTORY_LINES),
        },
        "prepaid_numbers": [
            {
                "number": one.name,
                "balance": books.balance(one.address),
                "history": books.history(one.address, limit=HISTORY_LINES),
            }
            for one in statements.accounts_of(party)
            if one.kind == "number"
        ],
        "calls": [
            _call(one.shown, told)
            for one in numbers.numbers_of(user.pk, now)
            for told in islice(call_history.whole(user.pk, one, now), HISTORY_LINES)
        ],
        "notes_to_be_called": [_note(one) for one in family.notes_left(user.pk)],
        "given_to_others": given.given(user.pk, size=HISTORY_LINES).rows,
        "refunds": refunds.refunds_of(party, HISTORY_LINES),
        "notices": told.notices_of(party, now=now, size=10_000),
        "sessions": [_session(view) for view in queries.sessions_of(user.pk, None, now)],
    }
    yield _json(parts)[:-1] + ', "messages": ['
    for number, message in enumerate(messages.export(party)):
        yield (",\n" if number else "\n") + _json(message)
    yield "\n]}\n"


def _contact(view: contacts.ContactView) -> dict[str, Any]:
    return {
        "name": view.other_name,
        "number": view.resident_number,
        "facility": view.facility_name,
        "state": view.state_code,
        "since": view.since,
    }


def _claim(one: PrivilegeClaim) -> dict[str, Any]:
    names = (
        "profession",
        "organisation",
        "bar_number",
        "document",
        "asked_at",
        "verified_at",
        "ended_at",
        "ended_reason",
    )
    return {"with": one.contact.resident.name, "state": one.state} | {name: getattr(one, name) for name in names}


def _call(number: str, told: call_history.Told) -> dict[str, Any]:
    line = told.line
    return {
        "number": number,
        "at": line.at,
        "caller": told.who,
        "facility": line.facility_name,
        "seconds": line.seconds,
        "cents": line.cents,
        "facility_share_cents": line.share_cents,
        "paid_by": line.payer,
        "end": line.how,
    }


def _note(one: CallMe) -> dict[str, Any]:
    return {"to": one.resident.name, "number": one.number, "text": one.text, "left_at": one.left_at}


def _session(view: queries.SessionView) -> dict[str, Any]:
    return {
        "browser": view.browser,
        "machine": view.machine,
        "address": view.address,
        "created_at": view.created_at,
        "last_seen_at": view.last_seen_at,
    }


def _json(value: object) -> str:
    return json.dumps(value, ensure_ascii=False, default=_plain)


def _plain(value: object) -> object:
    if isinstance(value, date):  # and datetime
        return value.isoformat()
    if is_dataclass(value) and not isinstance(value, type):
        return asdict(value)
    raise TypeError(type(value).__name__)


def _record(user: User, act: str, now: datetime) -> None:
    record(f"family:{user.pk}", act, f"user:{user.pk}", now=now)
