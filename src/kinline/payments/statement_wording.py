"""What a line of a statement says (MON-5): one table for pages, PDF and CSV, portal and kiosk."""

from collections.abc import Mapping
from types import MappingProxyType

from django.utils.functional import Promise
from django.utils.translation import gettext, ngettext
from django.utils.translation import gettext_lazy as _

from kinline.core.money import dollars
from kinline.payments.queries.given import Whose
from kinline.payments.queries.statements import Account, Line

ISOLATE, END = "\u2068", "\u2069"  # a name of another direction does not turn the sentence around

LINES: Mapping[str, str | Promise] = MappingProxyType(
    {
        "deposit": _("Money added"),
        "message": _("One letter"),
        "message_to": _("A letter to %(name)s"),
        "message_from": _("A letter from %(name)s"),
        "photo": _("A photo with a letter"),
        "reply": _("An answer that you paid for before it was written"),
        "reply_from": _("An answer from %(name)s, paid before it was written"),
        "call": _("A call"),
        "call_credit": _("Given back: a call was lost by our fault"),
        "call_correction": _("Given back for a call"),
        "refund": _("Paid back"),
        "dispute": _("Taken back by the bank of the card"),
        "dispute_won": _("Given back: the card's bank let the payment stand"),
        "correction": _("A correction"),
    }
)
_OTHER_IN, _OTHER_OUT = _("Added"), _("Taken")

METHODS: Mapping[str, str | Promise] = MappingProxyType(
    {
        "cash": _("Cash"),
        "money_order": _("Money order"),
        "file": _("By a kiosk or shop"),
        "card": _("Card"),
        "test": _("Test money"),
    }
)

ACCOUNTS: Mapping[str, str | Promise] = MappingProxyType(
    {
        "messages": _("Message credits"),
        "calls": _("Calling account (PIN Debit)"),
        "number": _("Prepaid number %(name)s (PPC)"),
    }
)

_WHOSE: Mapping[str, str | Promise] = MappingProxyType(
    {
        "messages": _("Message credits of %(name)s"),
        "messages_unnamed": _("Message credits of somebody else"),
        "calls": _("Calling account (PIN Debit) of %(name)s"),
        "calls_unnamed": _("A calling account (PIN Debit)"),
        "number": _("Prepaid number %(name)s (PPC)"),
    }
)

KINDS: Mapping[str, str | Promise] = MappingProxyType(
    {
        "in": _("Money added"),
        "letters": _("Letters"),
        "calls": _("Calls"),
        "back": _("Money paid back"),
        "other": _("Everything else"),
    }
)


def account(one: Account) -> str:
    return str(ACCOUNTS[one.kind]) % {"name": one.name}


def whose(one: Whose, *, own: str = "") -> str:
    """Into whose balance money went. `own`: the reader's name, if it is theirs."""
    name = own or one.name
    return str(_WHOSE[one.kind if name else f"{one.kind}_unnamed"]) % {"name": isolated(name)}


_BRIEFLY: Mapping[str, str | Promise] = MappingProxyType(
    {
        "own": _("your message credits"),
        "messages": _("message credits of another person"),
        "calls": _("the calling account (PIN Debit) of another person"),
        "prepaid": _("the prepaid number (PPC) that ends in %(end)s"),
    }
)


def briefly(kind: str, key: str, purpose: str, *, own: bool) -> str:
    """A balance without anybody's name, for an email: the owner of a ledger address."""
    return str(_BRIEFLY["own" if own else purpose]) % {"end": key[-2:] if kind == "number" else ""}


def paid(method: str, payer: str) -> str:
    """`payer`: nothing when it is the reader."""
    how = str(METHODS.get(method, method))
    return gettext("%(how)s, from %(name)s") % {"how": how, "name": payer} if payer else how


def balance_after(cents: int | None) -> str:
    """None: it is not the reader's to see."""
    if cents is None:
        return gettext("The balance is its owner's to see.")
    return gettext("The balance after it is %(amount)s.") % {"amount": dollars(cents)}


def sentence(line: Line, *, name: str = "", mine: bool = True) -> str:
    """`name`: with whom the letter was, if it is known; `mine`: the reader wrote it."""
    if name and line.what == "message":
        return str(LINES["message_to" if mine else "message_from"]) % {"name": isolated(name)}
    if name and line.what == "reply" and not mine:
        return str(LINES["reply_from"]) % {"name": isolated(name)}
    return str(LINES.get(line.what) or (_OTHER_IN if line.cents > 0 else _OTHER_OUT))


def details(line: Line) -> str:
    """How money came and from whom, or how long a call was and what of it is the facility's; nothing for a letter."""
    if line.what == "deposit":
        how = str(METHODS.get(line.method, "")) + (f", {line.card}" if line.card else "")
        return (
            gettext("%(how)s, from %(name)s") % {"how": how, "name": isolated(line.given_by)} if line.given_by else how
        )
    return _of_call(line.seconds, line.share_cents) if line.seconds is not None else ""


def _of_call(seconds: int, share_cents: int) -> str:
    """How long it was, and what of its price is the facility's: an item of its own (F21, F23)."""
    share = gettext("of it %(amount)s for the facility") % {"amount": dollars(share_cents)} if share_cents else ""
    return ", ".join(filter(None, (duration(seconds), share)))


def duration(seconds: int) -> str:
    """`12 minutes 5 seconds`: what a statement says of a charged call (F21)."""
    minutes, rest = divmod(seconds, 60)
    said = [ngettext("%(n)s minute", "%(n)s minutes", minutes) % {"n": minutes}] if minutes else []
    if rest or not said:
        said.append(ngettext("%(n)s second", "%(n)s seconds", rest) % {"n": rest})
    return " ".join(said)


def isolated(name: str) -> str:
    return f"{ISOLATE}{name}{END}"
