"""Statements as both faces and the files show them (MON-5): lines of money with the letters they paid for, in words.

Only reads: payments know money, messaging knows letters, telephony calls, and here they stand in one line.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from datetime import date, datetime
from itertools import islice

from django.utils import timezone
from django.utils.dates import MONTHS
from django.utils.translation import get_language, gettext
from django.utils.translation import gettext_lazy as _

from kinline.core.money import dollars
from kinline.core.parties import Party
from kinline.design import wording
from kinline.design.documents import csv, pdf
from kinline.ledger import queries as books
from kinline.ledger.queries import Month
from kinline.messaging.queries import paid
from kinline.payments import statement_wording as words
from kinline.payments.queries import statements
from kinline.payments.queries.statements import Account, Asked, Line
from kinline.telephony.queries.family import Charged, charged

PDF_LINES = 2_000  # 0.6 s and 1.5 MB; the CSV has them all
TOGETHER = 500  # lines of a file whose letters are asked for at once


@dataclass(frozen=True, slots=True)
class Told:
    """A line in words. `has_letter`: the letter it paid for lies in the reader's mailbox."""

    line: Line
    sentence: str
    details: str
    has_letter: bool


@dataclass(frozen=True, slots=True)
class Page:
    """`next`: the cursor of the next page, or None on the last."""

    rows: list[Told]
    next: int | None


def history(party: Party, account: Account, asked: Asked, before: int | None = None) -> Page:
    found = statements.history(party, account, asked, before)
    return Page(_told(party, found.rows), found.next)


def with_contact(party: Party, account: Account, contact_id: int, before: int | None = None) -> Page:
    """Only the letters with one contact; the cursor is a letter's. The caller asked for the contact as this party."""
    size = statements.PAGE
    letters = paid.paid_holds(party, contact_id, before=before, size=size + 1)
    lines = statements.of_holds(party, account, [hold for _id, hold in letters[:size]])
    return Page(_told(party, lines), letters[size - 1][0] if len(letters) > size else None)


def month(party: Party, account: Account, of: Month, before: int | None = None) -> Page:
    found = statements.lines_of_month(party, account, of, before)
    return Page(_told(party, found.rows), found.next)


def _told(party: Party, lines: Iterable[Line]) -> list[Told]:
    kept = with_calls(lines)
    titles = paid.titles(party, (line.message_id for line in kept))
    return [
        Told(
            line,
            words.sentence(line, name=title.other_name if title else "", mine=title.mine if title else True),
            words.details(line),
            title is not None,
        )
        for line in kept
        for title in [titles.get(line.message_id or 0)]
    ]


def with_calls(lines: Iterable[Line]) -> list[Line]:
    """The lines with what the calls among them say (F21, F23): one statement more, if there are any."""
    kept = list(lines)
    calls = charged([line.call_id for line in kept if line.call_id is not None])
    return [
        _of_call(line, calls[line.call_id]) if line.what == "call" and line.call_id in calls else line for line in kept
    ]


def _of_call(line: Line, call: Charged) -> Line:
    return replace(line, seconds=call.seconds, share_cents=call.share_cents)


def first_of(month: str) -> date | None:
    """`2026-03` in an address → the first of March; None for what is no month."""
    try:
        return date.fromisoformat(f"{month}-01") if len(month) == len("2026-03") else None
    except ValueError:
        return None


def month_name(first: date) -> str:
    """`November 2026`; in Spanish `noviembre de 2026`."""
    spanish = (get_language() or "").startswith("es")
    return f"{str(MONTHS[first.month]).lower()} de {first.year}" if spanish else f"{MONTHS[first.month]} {first.year}"


def is_going_on(of: Month, now: datetime) -> bool:
    """The month is not over: its closing balance is today's."""
    return of.month == books.month_of(now)


# Files


def month_csv(party: Party, account: Account, of: Month) -> Iterator[str]:
    """Every line of a month, oldest first, between its opening and its closing balance."""
    header = [
        gettext("Day and time"), gettext("What"), gettext("Details"), gettext("Receipt"), gettext("Amount in dollars"),
        gettext("Balance in dollars"),
    ]  # fmt: skip
    return csv.lines(header, _csv_rows(party, account, of))


def _csv_rows(party: Party, account: Account, of: Month) -> Iterator[list[object]]:
    zone = timezone.get_current_timezone()
    yield ["", gettext("Balance at the beginning"), "", "", "", csv.amount(of.opening_cents)]
    for told in _whole(party, account, of):
        line = told.line
        yield [
            line.at.astimezone(zone).isoformat(sep=" ", timespec="seconds"),
            _plain(told.sentence), _plain(told.details), line.receipt,
            csv.amount(line.cents), csv.amount(line.balance_cents or 0),
        ]  # fmt: skip
    yield ["", gettext("Balance at the end"), "", "", "", csv.amount(of.closing_cents)]


def _whole(party: Party, account: Account, of: Month) -> Iterator[Told]:
    lines = statements.whole_month(party, account, of)
    while some := list(islice(lines, TOGETHER)):
        yield from _told(party, some)


def month_pdf(party: Party, account: Account, of: Month, *, owner: str, now: datetime) -> bytes:
    """The statement to keep: tagged, in the reader's language. Raises `pdf.NotTypeset`."""
    return _document([part_of(party, account, of)], of.month, owner, now)


_HEAD = (_("Day"), _("What"), _("Amount"), _("Balance"))


def part_of(party: Party, account: Account, of: Month) -> dict[str, object]:
    """One balance in a document."""
    lines = list(islice(_whole(party, account, of), PDF_LINES))
    notes = [
        gettext("Balance at the beginning: %(amount)s") % {"amount": dollars(of.opening_cents)},
        gettext("Came in: %(amount)s") % {"amount": dollars(of.in_cents)},
        gettext("Went out: %(amount)s") % {"amount": dollars(of.out_cents)},
        gettext("Balance at the end: %(amount)s") % {"amount": dollars(of.closing_cents)},
    ]
    if of.lines > PDF_LINES:
        params = {"shown": f"{PDF_LINES:,}", "all": f"{of.lines:,}"}
        notes.append(
            gettext("This file shows the first %(shown)s of %(all)s lines. The CSV file has them all.") % params
        )
    if not lines:
        notes.append(gettext("Nothing happened in this month."))
    return {
        "title": f"{words.account(account)} · {month_name(of.month)}",
        "notes": notes,
        "head": [str(word) for word in _HEAD],
        "rows": [_row(told) for told in lines],
    }


def _row(told: Told) -> list[str]:
    line = told.line
    receipt = gettext("Receipt %(number)s") % {"number": line.receipt} if line.receipt else ""
    what = " · ".join(filter(None, (told.sentence, told.details, receipt)))
    at = wording.full_moment(line.at, timezone.get_current_timezone())
    return [at, what, ("+" if line.cents > 0 else "") + dollars(line.cents), dollars(line.balance_cents or 0)]


def _document(parts: list[dict[str, object]], first: date, owner: str, now: datetime) -> bytes:
    made = wording.full_moment(now, timezone.get_current_timezone())
    title = gettext("Statement for %(month)s") % {"month": month_name(first)}
    data = {
        "facts": [[gettext("For"), owner], [gettext("Made"), made]],
        "parts": parts,
        "notes": [
            gettext("There is no fee of any kind. Money that is not used stays yours and can be paid back, free."),
            clock_note(),
        ],
        "foot": f"Kinline · {title}",
    }
    return pdf.make("statement", data, title=title, language=(get_language() or "en")[:2], at=now)


def clock_note() -> str:
    """Whose clock the months follow: that of the deployment, wherever a facility is."""
    city = timezone.get_default_timezone_name().rpartition("/")[2].replace("_", " ")
    return gettext("Months begin and end at midnight, %(city)s time.") % {"city": city}


def _plain(text: str) -> str:
    """Without the marks of direction: a spreadsheet would show them."""
    return text.replace(words.ISOLATE, "").replace(words.END, "")
