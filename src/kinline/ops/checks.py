"""What a real installation needs and may lack (OPS-1): each finding says what is so and what to do about it.

`missing` keeps the service from doing what it promises; `advice` does not, but should be known.
"""

import hashlib
import smtplib
from collections.abc import Callable, Generator, Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from email.utils import parseaddr
from typing import Any, Literal

from django.conf import settings
from django.core.mail import get_connection
from django.db import DatabaseError, connection
from django.db.models import Q

from kinline.core import confidential
from kinline.delivery import queries as delivery
from kinline.delivery.rules import BadRule, parse
from kinline.facilities import queries as facilities
from kinline.facilities.models import Facility
from kinline.identity import banned, rules
from kinline.identity import queries as identity
from kinline.identity.models import StaffRole
from kinline.identity.permissions import TABLE, Permission
from kinline.identity.terms import first_terms
from kinline.ops import health
from kinline.payments import processors
from kinline.payments.models import ProcessorEvent

State = Literal["ok", "missing", "advice"]
OLDEST_POSTGRES = 150000


@dataclass(frozen=True, slots=True)
class Finding:
    state: State
    about: str
    says: str


def findings(now: datetime) -> Iterator[Finding]:
    """In the order in which somebody sets things up. What depends on the tables is left out without them."""
    if settings.DEMO:
        yield Finding("advice", "kind", "this is the sample jail, whose passwords everybody knows")
    yield from _address()
    yield from _sign_in(now)
    yield from _mail()
    yield from _cards(now)
    if (yield from _database()):
        yield from _worker()
        yield from _events()
        yield from _terms(now)
        yield from _places(now)


def _address() -> Iterator[Finding]:
    if not settings.SECURE:
        yield Finding(
            "missing",
            "address",
            f"{settings.BASE_URL} is not https://: letters and sign-ins would travel in the open. Put a proxy with TLS "
            "before the web server, and set KINLINE_BASE_URL to the address that people type",
        )
    elif settings.SECURE_PROXY_SSL_HEADER is None:
        yield Finding(
            "missing",
            "proxy",
            "set KINLINE_BEHIND_PROXY=1, or every visitor has the proxy's address and pauses all others by mistyping",
        )
    else:
        yield Finding("ok", "address", settings.BASE_URL)


def _sign_in(now: datetime) -> Iterator[Finding]:
    """What criminal justice rules ask of staff's sign-in and of cryptography (rules C4, C7); whether passkeys work."""
    if rules.passkey_site(settings.BASE_URL) is None:
        yield Finding(
            "advice", "passkeys", "browsers make none here: they need a name and https:// in KINLINE_BASE_URL"
        )
    age = banned.age(now)
    if age is None:
        says = "name a list of stolen ones by KINLINE_BANNED_PASSWORDS; now 20,000 common ones are refused"
        yield Finding("advice", "passwords", says)
    elif age > banned.QUARTER:
        yield Finding("advice", "passwords", f"the list of stolen ones is {age.days} days old: take this quarter's")
    if not fips():
        yield Finding(
            "advice",
            "fips",
            "this is no FIPS 140-3 validated module of cryptography: where an agreement asks for one, run on a system "
            "in FIPS mode, with Python and its cryptography package built on that system's OpenSSL",
        )


def fips() -> bool:
    """Whether the OpenSSL of Python's own hashes is in FIPS mode: there a digest that is not approved is refused."""
    try:
        hashlib.md5(b"", usedforsecurity=True)  # noqa: S324  (asked only whether it is refused)
    except ValueError:
        return True
    return False


def _mail() -> Iterator[Finding]:
    sender = parseaddr(settings.DEFAULT_FROM_EMAIL)[1]
    if sender.endswith(".example"):
        yield Finding("missing", "sender", f"{sender} is nobody's address: set KINLINE_MAIL_FROM to one of yours")
    where = f"{settings.EMAIL_HOST} port {settings.EMAIL_PORT}"
    try:
        server = get_connection()
        server.open()
        server.close()
    except (OSError, smtplib.SMTPException) as problem:
        name = type(problem).__name__
        yield Finding("missing", "mail", f"{where} does not take our mail ({name}): see KINLINE_SMTP_URL")
    else:
        yield Finding("ok", "mail", f"{where} answers")


def _cards(now: datetime) -> Iterator[Finding]:
    if not settings.STRIPE_KEY:
        yield Finding("missing", "cards", "nobody can pay by card: set KINLINE_STRIPE_KEY (docs/operate/cards.md)")
        return
    if settings.TEST_MONEY:
        says = "this is test money, which buys real letters where people are real: set a live key of the processor"
        yield Finding("advice" if settings.DEMO else "missing", "cards", says)
    if not settings.STRIPE_WEBHOOK_SECRET:
        yield Finding("missing", "cards", "its events are not believed: set KINLINE_STRIPE_WEBHOOK_SECRET")
    try:
        next(processors.movements(now - timedelta(minutes=1), now), None)
    except processors.ProcessorOff:
        yield Finding("missing", "cards", "the processor does not accept KINLINE_STRIPE_KEY, or not for its list")
    except (processors.ProcessorDown, processors.ProcessorRefused):
        yield Finding("missing", "cards", f"{settings.STRIPE_API} does not answer: may this machine reach it?")
    else:
        yield Finding("ok", "cards", f"{settings.STRIPE_API} answers")


def _events() -> Iterator[Finding]:
    if settings.STRIPE_KEY and not ProcessorEvent.objects.exists():
        yield Finding(
            "advice",
            "cards",
            f"no event of the processor has come yet. They go to {settings.BASE_URL}/webhooks/stripe/; until they do, "
            "payments are found by asking, some minutes later",
        )


# The database


def _database() -> Generator[Finding, None, bool]:
    """True if the tables can be asked."""
    try:
        connection.ensure_connection()
    except DatabaseError as problem:
        yield Finding("missing", "database", f"it does not answer ({type(problem).__name__}): see DATABASE_URL")
        return False
    yield from _server()
    if not health.migrated():
        yield Finding("missing", "tables", "they are not those of this version: ./kinline prepare")
        return False
    yield Finding("ok", "tables", "they are those of this version")
    yield from _ledger()
    return True


def _server() -> Iterator[Finding]:
    version, encoding, superuser = _row(
        "SELECT current_setting('server_version_num')::int, current_setting('server_encoding'), rolsuper"
        " FROM pg_roles WHERE rolname = current_user"
    )
    if version < OLDEST_POSTGRES:
        yield Finding("missing", "database", f"PostgreSQL {version // 10000} is too old: it takes 15 or newer")
    if encoding != "UTF8":
        yield Finding("missing", "database", f"its encoding is {encoding}: make it anew with UTF8")
    if superuser:
        embedded = str(connection.settings_dict["HOST"]).startswith(str(settings.DATA))
        says = "a superuser may switch off what guards the ledger: give Kinline an ordinary role"
        yield Finding("advice" if embedded else "missing", "database", says)
    else:
        yield Finding("ok", "database", f"PostgreSQL {version // 10000}, as an ordinary role")


def _ledger() -> Iterator[Finding]:
    """A dump restored without its privileges gives back what the migration took (docs/operate/backup.md)."""
    (may_empty,) = _row(
        "SELECT NOT rolsuper AND has_table_privilege('ledger_entry', 'TRUNCATE')"
        " FROM pg_roles WHERE rolname = current_user"
    )
    if may_empty:
        yield Finding(
            "missing", "ledger", "our role may empty it: restore with privileges, or revoke TRUNCATE on its tables"
        )


def _row(sql: str) -> tuple[Any, ...]:
    with connection.cursor() as cursor:
        cursor.execute(sql)
        return tuple(cursor.fetchone() or ())


def _worker() -> Iterator[Finding]:
    if health.workers():
        yield Finding("ok", "worker", "it gives signs of life")
    else:
        yield Finding("missing", "worker", "none runs: no email leaves and no delayed letter arrives")


# What is in it


def _terms(now: datetime) -> Iterator[Finding]:
    if identity.current_terms(now).text == first_terms().text:
        yield Finding("missing", "terms", "people accept the sample text: ./kinline terms publish VERSION FILE")
    else:
        yield Finding("ok", "terms", f"version {identity.current_terms(now).version}")


def _places(now: datetime) -> Iterator[Finding]:
    places = facilities.public_facilities()
    if not places:
        yield Finding("missing", "places", "there is no facility: ./kinline agency add, then ./kinline facility add")
    for place in places:
        lacking = [says for lacks, says in _NEEDS if lacks(place, now)]
        for says in lacking:
            yield Finding("missing", place.slug, says)
        if not lacking:
            yield Finding("ok", place.slug, "rules, reasons, units and people to decide are there")


def _without_rules(place: Facility, now: datetime) -> bool:
    policy = delivery.policy_at(place.pk, now)
    try:
        return policy is None or not parse(policy.rules)
    except BadRule:
        return True


def _deciders(place: Facility, permission: Permission, now: datetime) -> set[int]:
    roles = [role for role, may in TABLE.items() if permission in may]
    grants = StaffRole.objects.filter(facility=place, role__in=roles, starts_at__lte=now)
    return set(grants.filter(Q(ends_at=None) | Q(ends_at__gt=now)).values_list("user_id", flat=True))


def _nobody_reviews(place: Facility, now: datetime) -> bool:
    return not _deciders(place, Permission.DECIDE_REVIEW, now)


def _nobody_hears_appeals(place: Facility, now: datetime) -> bool:
    """Whoever refused may not decide, so it takes somebody who hears appeals beside another who reviews (DEL-6)."""
    hear, review = _deciders(place, Permission.DECIDE_APPEAL, now), _deciders(place, Permission.DECIDE_REVIEW, now)
    return not hear or len(hear | review) < 2


def _without_key(place: Facility, _now: datetime) -> bool:
    """DEL-7: only a process with the key may say so of itself; the staff face has none by intent."""
    return place.privileged_offered and not confidential.can_seal()


_NEEDS: tuple[tuple[Callable[[Facility, datetime], bool], str], ...] = (
    (_without_rules, "no rules that can be read, so every letter is held: ./kinline rules set"),
    (lambda place, _now: not facilities.reasons(place.pk), "no reason on its list, so nothing can be refused:"
     " ./kinline facility reason"),
    (lambda place, _now: not facilities.units_of(place.pk), "no housing unit: ./kinline facility unit"),
    (_nobody_reviews, "nobody may decide on held letters: ./kinline staff add … reviewer"),
    (_without_key, "offers confidential letters, but there is no key: set KINLINE_PRIVILEGED_KEY for web and worker"),
    (_nobody_hears_appeals, "an appeal needs a second person who may decide it: ./kinline staff add … supervisor"),
)  # fmt: skip
