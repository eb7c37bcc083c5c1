"""History and monthly statements (MON-5) of every balance that somebody may see (MON-6): the actor first.

A month costs its own lines, one page of them at a time: its sums stand in one row of the ledger.
"""

from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import date, datetime
from types import MappingProxyType
from typing import Any

from django.conf import settings
from django.db.models import QuerySet

from kinline.core.parties import FAMILY, Party
from kinline.ledger import chart
from kinline.ledger import queries as ledger
from kinline.payments.models import Deposit, PrepaidNumber, Refund
from kinline.payments.telephone import spoken

PAGE, BATCH, STEP = 25, 1_000, 200
MOST_READ = 2_000  # lines of a balance that are looked through for one page

# What somebody may ask to see alone, and the kinds of entries that it is; deposits and refunds have rows of their own.
KINDS: Mapping[str, tuple[str, ...]] = MappingProxyType(
    {
        "in": ("deposit",),
        "letters": ("message", "photo", "reply"),
        "calls": ("call", "call_credit", "call_correction"),
        "back": ("refund",),
        "other": (),
    }
)
_ROWS: Mapping[str, type[Deposit] | type[Refund]] = MappingProxyType({"in": Deposit, "back": Refund})
_KNOWN = tuple(kind for kinds in KINDS.values() for kind in kinds)


@dataclass(frozen=True, slots=True)
class Account:
    """A balance of the party. `key` names it in an address; `kind`: `messages`, `calls` or `number`, and then `name` is
    the number as people write it.
    """

    key: str
    kind: str
    address: str
    name: str = ""


@dataclass(frozen=True, slots=True)
class Line:
    """One change of a balance. `what`: `deposit`, `message`, `reply`, `call`, `call_credit`, `refund`, `correction` or
    another kind of the books. `cents`: positive came in, negative went out; `balance_cents` after it, where the page
    shows it.

    `message_id`: the letter it paid for. `receipt`, `method`, `given_by`, `card`: of a deposit; who gave it is told to
    the owner of message credits and calling accounts only. `call_id`: of a call, whose `seconds` (F21) and the part of
    its price that is the facility's (F23) telephony knows: `flows.statements` fills them in.
    """

    entry_id: int
    at: datetime
    what: str
    cents: int
    balance_cents: int | None
    message_id: int | None
    receipt: str = ""
    method: str = ""
    given_by: str = ""
    card: str = ""
    call_id: int | None = None
    seconds: int | None = None
    share_cents: int = 0


@dataclass(frozen=True, slots=True)
class Page:
    """`next`: the cursor of the next page, or None on the last."""

    rows: list[Line]
    next: int | None


@dataclass(frozen=True, slots=True)
class Asked:
    """Which lines of a history; `until` is not part of it."""

    kind: str = ""
    since: datetime | None = None
    until: datetime | None = None

    @property
    def everything(self) -> bool:
        return not (self.kind or self.since or self.until)

    def holds(self, line: ledger.Line) -> bool:
        """Whether it is of the days that are asked for, and nothing else where only the rest is."""
        in_days = (self.since is None or line.at >= self.since) and (self.until is None or line.at < self.until)
        return in_days and not (self.kind == "other" and line.kind in _KNOWN)


def accounts_of(party: Party) -> list[Account]:
    """The balances that are the party's own: message credits, then a resident's calling account or the numbers whose
    control a family member proved. A payer of somebody else's balance has `given`.
    """
    own = [Account("credits", "messages", chart.messages_of(party))]
    if party.side != FAMILY:
        return [*own, Account("calls", "calls", chart.resident_calls(party.id))]
    held = PrepaidNumber.objects.filter(holder_id=party.id).order_by("pk")
    return own + [
        Account(f"number-{one.pk}", "number", chart.number_prepaid(one.number), spoken(one.number, settings.COUNTRY))
        for one in held
    ]


def account_of(party: Party, key: str) -> Account | None:
    """The party's balance of this key; none: their message credits. None if it is not theirs."""
    return next((one for one in accounts_of(party) if one.key == (key or "credits")), None)


def months(account: Account) -> list[ledger.Month]:
    """The months in which anything happened, newest first."""
    return ledger.months(account.address)


def month(account: Account, first: date, now: datetime) -> ledger.Month | None:
    """The statement of one month; a quiet month between or after others has one, too. None before the first, and for
    what is not here yet.
    """
    current = ledger.month_of(now)
    if first > current:
        return None
    before = [one for one in ledger.months(account.address) if one.month <= first]
    if before and before[0].month == first:
        return before[0]
    if not before:
        return ledger.Month(first, 0, 0, 0, 0, 0, 0) if first == current else None
    last = before[0]
    return ledger.Month(first, last.closing_cents, 0, 0, 0, last.last_entry_id, last.last_entry_id)


def lines_of_month(
    party: Party, account: Account, of: ledger.Month, before: int | None = None, size: int = PAGE
) -> Page:
    """A page of a month, newest first, each line with the balance after it."""
    top = min(before or of.last_entry_id + 1, of.last_entry_id + 1)
    newer = ledger.sum_between(account.address, top, of.last_entry_id)
    lines = ledger.lines(account.address, ledger.Wanted(after=of.after_entry_id, before=top), size + 1)
    shown, after = [], of.closing_cents - newer
    for line in lines[:size]:
        shown.append(replace(line, balance_cents=after))
        after -= line.cents
    return Page(_told(party, account, shown), shown[-1].entry_id if len(lines) > size else None)


def whole_month(party: Party, account: Account, of: ledger.Month) -> Iterator[Line]:
    """Every line of a month, oldest first, with the balance after it: for a file, however long."""
    after, balance = of.after_entry_id, of.opening_cents
    while after < of.last_entry_id:
        wanted = ledger.Wanted(after=after, before=of.last_entry_id + 1)
        lines = ledger.lines(account.address, wanted, BATCH, oldest_first=True)
        if not lines:
            return
        shown = []
        for line in lines:
            balance += line.cents
            shown.append(replace(line, balance_cents=balance))
        yield from _told(party, account, shown)
        after = lines[-1].entry_id


def history(party: Party, account: Account, asked: Asked, before: int | None = None, size: int = PAGE) -> Page:
    """A page of a balance's history, newest first. With filters, lines that were beside each other are not, so there is
    no balance after each.
    """
    if asked.everything:
        lines = ledger.history(account.address, limit=size + 1, before=before)
        return Page(_told(party, account, lines[:size]), lines[size - 1].entry_id if len(lines) > size else None)
    lines, further = _filtered(account, asked, before, size)
    return Page([replace(line, balance_cents=None) for line in _told(party, account, lines)], further)


def _filtered(account: Account, asked: Asked, before: int | None, size: int) -> tuple[list[ledger.Line], int | None]:
    """The lines, and the cursor of the next page. Days, and what is rare, are looked for in lines as they were booked,
    some at a time: a database that is told of them reads all lines of the account. Money is never booked before it
    came, and hardly ever long after. A page that found too little in `MOST_READ` lines ends there, and may be empty.
    """
    wanted, found, read = _wanted(account, asked, before, size + 1), list[ledger.Line](), 0
    step = _step(asked, size + 1)
    while True:
        lines = ledger.lines(account.address, wanted, step)
        found, read = found + [line for line in lines if asked.holds(line)], read + len(lines)
        if len(found) > size:
            return found[:size], found[size - 1].entry_id
        if len(lines) < step or (asked.since and all(line.at < asked.since for line in lines)):
            return found, None
        if read >= MOST_READ:
            return found, lines[-1].entry_id
        wanted = replace(wanted, before=lines[-1].entry_id)


def _step(asked: Asked, limit: int) -> int:
    """How many lines are read at once."""
    if asked.kind == "other":
        return BATCH
    return limit if asked.since is None and asked.until is None else max(limit, STEP)


def of_holds(party: Party, account: Account, hold_ids: Collection[int]) -> list[Line]:
    """What was taken from a balance for these holds, newest first: for the letters with one person."""
    among = tuple(ledger.captured(hold_ids))
    lines = ledger.lines(account.address, ledger.Wanted(among=among), len(among)) if among else []
    return [replace(line, balance_cents=None) for line in _told(party, account, lines)]


def _wanted(account: Account, asked: Asked, before: int | None, limit: int) -> ledger.Wanted:
    """The months of the days, and what is to be shown of them."""
    wanted = ledger.Wanted(before=before)
    if asked.since is not None or asked.until is not None:
        wanted = _of_days(months(account), asked, wanted)
    if rows := _ROWS.get(asked.kind):
        chosen = _entries(rows.objects.filter(account=account.address), asked, wanted, limit)
        return replace(wanted, among=chosen)
    return replace(wanted, kinds=KINDS[asked.kind]) if asked.kind else wanted


def _of_days(every: list[ledger.Month], asked: Asked, wanted: ledger.Wanted) -> ledger.Wanted:
    if asked.since is not None:
        begun = ledger.month_of(asked.since)
        earlier = [one.last_entry_id for one in every if one.month < begun]
        wanted = replace(wanted, after=max(earlier, default=0))
    if asked.until is not None:
        ended = ledger.month_of(asked.until)
        end = 1 + max((one.last_entry_id for one in every if one.month <= ended), default=0)
        wanted = replace(wanted, before=end if wanted.before is None else min(end, wanted.before))
    return wanted


def _entries(rows: "QuerySet[Any]", asked: Asked, wanted: ledger.Wanted, limit: int) -> tuple[int, ...]:
    chosen = rows.filter(entry_id__gt=wanted.after)
    if wanted.before is not None:
        chosen = chosen.filter(entry_id__lt=wanted.before)
    if asked.since is not None:
        chosen = chosen.filter(at__gte=asked.since)
    if asked.until is not None:
        chosen = chosen.filter(at__lt=asked.until)
    return tuple(chosen.order_by("-entry_id").values_list("entry_id", flat=True)[:limit])


def _told(party: Party, account: Account, lines: Iterable[ledger.Line]) -> list[Line]:
    """The lines with what the deposits among them say: one statement more, however many."""
    kept = list(lines)
    deposits = Deposit.objects.select_related("payer").filter(entry_id__in=[line.entry_id for line in kept])
    of_entry = {deposit.entry_id: deposit for deposit in deposits}
    return [_line(party, account, line, of_entry.get(line.entry_id)) for line in kept]


def _line(party: Party, account: Account, line: ledger.Line, deposit: Deposit | None) -> Line:
    about, _colon, number = line.reference.partition(":")
    told = Line(
        entry_id=line.entry_id, at=line.at,
        what=line.kind if line.corrects_id is None or line.kind in KINDS["calls"] else "correction",
        cents=line.cents, balance_cents=line.balance_cents,
        message_id=int(number) if about == "message" and number.isdecimal() else None,
        call_id=int(number) if about == "call" and number.isdecimal() else None,
    )  # fmt: skip
    if deposit is None:
        return told
    mine = party.side == FAMILY and deposit.payer_id == party.id
    name = deposit.payer.name if deposit.payer else deposit.payer_name
    return replace(
        told, receipt=deposit.receipt if mine or account.kind != "number" else "", method=deposit.method,
        given_by=name if not mine and account.kind != "number" else "", card=deposit.card_label if mine else "",
    )  # fmt: skip
