"""What is said about a line of a file of deposits that cannot be taken in (MON-3)."""

from collections.abc import Mapping

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from kinline.core.csvfiles import Fault

FAULTS: Mapping[str, str | Promise] = {
    "unreadable": _("this is not a CSV file (%(value)s)"),
    "too_large": _("the file has more than %(value)s bytes; send it as several files"),
    "too_many": _("the file has more than %(value)s lines; send it as several files"),
    "unknown_column": _("the column “%(value)s” is not known"),
    "column_twice": _("the column “%(value)s” is there twice"),
    "missing_column": _("the column “%(value)s” is missing"),
    "too_many_cells": _("there are more cells than headings"),
    "too_long": _("“%(value)s” is too long"),
    "missing": _("“%(value)s” is empty"),
    "bad_account": _(
        "“%(value)s” is not an account such as resident:1001, calls:1001, family:marta or phone:+15551234567"
    ),
    "bad_amount": _("“%(value)s” is not an amount of dollars and whole cents, such as 10.00"),
    "card_number": _("“%(value)s” holds what looks like a card number; such a file must not be sent"),
    "reference_twice": _("the reference %(value)s is in the file twice (its first line in brackets)"),
    "no_total": _("the last line, with the total, is missing"),
    "after_total": _("there are more lines after the total"),
    "wrong_total": _("the total is not the sum of the lines, which is %(value)s"),
    "wrong_count": _("the total does not say how many lines there are, which is %(value)s"),
    "nothing": _("the file has no deposits"),
    "unknown": _("“%(value)s” is nobody who could get money here"),
    "other_name": _("“%(value)s” has another last name"),
    "not_offered": _("“%(value)s” is a balance that cannot be paid into at this facility"),
    "too_small": _("the smallest amount is one message credit: %(value)s"),
    "too_high": _("the largest amount at a time is %(value)s"),
    "known": _("the reference %(value)s was taken in before, with another file"),
}


def sentence(fault: Fault) -> str:
    """`line 12: …`, in the language of the moment."""
    text = str(FAULTS[fault.code]) % {"value": fault.value}
    return _("line %(line)s: %(fault)s") % {"line": fault.line, "fault": text}
