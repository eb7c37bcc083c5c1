"""What is said about a line of a roster that cannot be used (STF-2)."""

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from kinline.core.csvfiles import Fault

FAULTS: dict[str, str | Promise] = {
    "unreadable": _("a cell does not end; a quotation mark may be missing"),
    "spreadsheet": _("this is a workbook or an archive, not a CSV file; save it as CSV in your spreadsheet"),
    "binary": _("this is not a CSV file: it does not hold plain text"),
    "too_many_lines": _("there are more than %(value)s lines; send several files"),
    "unknown_column": _("the column “%(value)s” is not known"),
    "column_twice": _("the column “%(value)s” is there twice"),
    "missing_column": _("the column “%(value)s” is missing"),
    "too_many_cells": _("there are more cells than headings"),
    "too_long": _("“%(value)s” is too long"),
    "missing": _("“%(value)s” is empty"),
    "number_twice": _("the number %(value)s is in the file twice (its first line in brackets)"),
    "bad_language": _("“%(value)s” is not a language here; use en or es"),
    "bad_status": _("“%(value)s” is not a status; use in or released"),
    "bad_date": _("“%(value)s” is not a date such as 1990-12-31"),
    "not_born": _("“%(value)s” is a day to come"),
    "pin_form": _("a PIN is 4 to 8 digits"),
    "pin_easy": _("this PIN is too easy to guess"),
    "pin_number": _("the PIN is the same as the number"),
    "no_facility": _("no facility is named"),
    "unknown_facility": _("there is no facility “%(value)s” of this agency"),
    "not_permitted": _("your role does not allow this at “%(value)s”"),
    "too_many_pins": _("at most %(value)s PINs can be given here at once; send several files"),
    "too_many_leave": _("at most %(value)s releases and transfers fit into one file here; send several files"),
    "unknown_unit": _("there is no unit “%(value)s” at this facility"),
}


def sentence(fault: Fault) -> str:
    """`line 12: …`, in the language of the moment."""
    text = str(FAULTS[fault.code]) % {"value": fault.value}
    return _("line %(line)s: %(fault)s") % {"line": fault.line, "fault": text}
