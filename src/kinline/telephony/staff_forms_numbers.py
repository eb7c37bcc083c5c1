"""What staff type about numbers and limits: decisions, flags, blocks, hotlines, how long and when one may call."""

import re
from collections.abc import Iterable
from typing import Any, Final, cast

from django import forms
from django.core.exceptions import ValidationError
from django.utils.dates import WEEKDAYS
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from kinline.identity.forms.fields import LineField
from kinline.telephony.errors import NoSuchNumber
from kinline.telephony.models import CallLimits
from kinline.telephony.queries.lists import SHOWN
from kinline.telephony.resident_wording import cannot_be_called
from kinline.telephony.services.limits import Open
from kinline.telephony.typed import LONGEST, anybodys, beginning, read

BLOCKS: Final = (
    ("facility", pgettext_lazy("a block", "Decision of the place")),
    ("security", pgettext_lazy("a block", "Safety")),
    ("fraud", pgettext_lazy("a block", "Fraud")),
)
_KEYS: Final = re.compile(r"[0-9]{1,15}")
_TIME: Final = re.compile(r"([0-9]{1,6})(?::([0-5][0-9]))?")
STRETCHES: Final = 4


def number_field(label: Any, **more: Any) -> LineField:
    field = LineField(label=label, max_length=LONGEST, ask=_("Type a telephone number."), **more)
    field.widget.attrs.update({"inputmode": "tel", "class": "medium"})
    return field


def note_field(help_text: Any = "") -> LineField:
    return LineField(
        label=_("Note"), ask=_("Write a note: why. It stays with the number."), max_length=300, help_text=help_text
    )


class QueueForm(forms.Form):
    """Which numbers of lists are shown; what cannot be read is as if it were not there."""

    q = LineField(
        label=_("Resident, person or number"), required=False, max_length=80,
        help_text=_("A part of a name, an ID number, or at least four digits."),
    )  # fmt: skip
    shown = forms.ChoiceField(
        label=_("Show"), required=False,
        choices=[
            ("asked", pgettext_lazy("numbers", "waiting")), ("approved", pgettext_lazy("numbers", "approved")),
            ("appealed", pgettext_lazy("numbers", "appeals")),
            ("denied", pgettext_lazy("numbers", "not approved")), ("removed", pgettext_lazy("numbers", "taken off")),
        ],
    )  # fmt: skip

    def asked(self) -> tuple[str, str]:
        found = self.cleaned_data if self.is_valid() else {}
        return found.get("shown") or SHOWN[0], found.get("q") or ""


class DenyForm(forms.Form):
    reason = LineField(
        label=_("Reason"), ask=_("Write a reason: the resident reads it."), max_length=300,
        help_text=_("The resident reads it, and whoever has the number."),
    )  # fmt: skip


class AnswerForm(forms.Form):
    """What comes of an appeal (T10); both sides read the answer."""

    answer = LineField(
        label=_("Answer"), ask=_("Write an answer: the resident reads it."), max_length=300,
        help_text=_("The resident reads it, and whoever has the number."),
    )  # fmt: skip


class NameForm(forms.Form):
    """Why a spoken name is taken away; `bar`: no other is wanted (T6)."""

    reason = LineField(label=_("Why"), ask=_("Write why, for the record."), max_length=300)
    bar = forms.BooleanField(label=_("Ask for no other, until we say so"), required=False)


class FindForm(forms.Form):
    """A number to be looked up."""

    n = number_field(_("Telephone number"))

    def clean_n(self) -> str:
        return _read(self.cleaned_data["n"])


def _read(text: str) -> str:
    found = read(text)
    if found.code:
        raise ValidationError(cannot_be_called(found.code), code=found.code)
    return found.number


class FlagsForm(forms.Form):
    """What an agency knows of a number. `may_verify`: whoever cannot verify attorneys does not see that flag."""

    owner = LineField(label=_("Whose number it is"), required=False, max_length=80)
    privileged = forms.BooleanField(
        label=_("Privileged: an attorney, a court, an ombudsperson"), required=False,
        help_text=_("Never recorded, never listened to. What was recorded before is put apart. Say in the note how it "
                    "was verified."),
    )  # fmt: skip
    do_not_record = forms.BooleanField(label=_("Do not record"), required=False)
    relay = forms.BooleanField(label=_("TTY or relay service: free, and twice as long"), required=False)
    watched = forms.BooleanField(label=_("Watched: investigators look at calls to it"), required=False)
    note = note_field(_("For staff only: why, and how it was checked."))

    def __init__(self, *args: Any, may_verify: bool, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if not may_verify:
            del self.fields["privileged"]

    def wanted(self) -> dict[str, Any]:
        return {name: value for name, value in self.cleaned_data.items() if name != "note"}


class BlockForm(forms.Form):
    """A number, or all that begin so."""

    number = number_field(
        _("Number, or its beginning"),
        help_text=_("A beginning such as 876, +1 876 555 or +53 blocks every number that begins so."),
    )
    is_prefix = forms.BooleanField(label=_("This is a beginning"), required=False)
    kind = forms.ChoiceField(label=_("Why"), choices=BLOCKS, widget=forms.RadioSelect, initial="facility")
    note = note_field(_("For staff only. Residents hear only that the number is blocked."))

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or {}
        text = cleaned.get("number", "")
        if not text:
            return cleaned
        number = beginning(text) if cleaned.get("is_prefix") else read(text).number
        if not number:
            self.add_error("number", self._why_not(text, bool(cleaned.get("is_prefix"))))
        return {**cleaned, "number": number}

    def _why_not(self, text: str, is_prefix: bool) -> str:
        if is_prefix:
            return str(_("No number begins so, or every number does. Type an area code or a country's code with +."))
        code = read(text).code
        if code == "no_number" and beginning(text):
            return str(_("This is no whole number. To block all that begin so, tick the box below."))
        return cannot_be_called(code)


class LiftForm(forms.Form):
    note = note_field()


class HotlineForm(forms.Form):
    """A free line behind keys."""

    keys = LineField(
        label=_("Keys"), ask=_("Type the digits that one presses."), max_length=15,
        help_text=_("What one dials, such as 77. Nobody needs a PIN."),
    )  # fmt: skip
    number = number_field(_("Number that it leads to"), help_text=_("Toll-free numbers, too."))
    name = LineField(label=_("Name in English"), ask=_("Give it a name."), max_length=80)
    name_es = LineField(label=_("Name in Spanish"), required=False, max_length=80)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["keys"].widget.attrs.update({"inputmode": "numeric", "class": "medium"})

    def clean_keys(self) -> str:
        if not _KEYS.fullmatch(self.cleaned_data["keys"]):
            raise ValidationError(_("Type one to fifteen digits."), code="keys")
        return cast("str", self.cleaned_data["keys"])

    def clean_number(self) -> str:
        number = anybodys(self.cleaned_data["number"])
        if not number:
            raise ValidationError(NoSuchNumber.sentence, code="number")
        return number


# Limits

_MINUTES: Final = {
    "seconds": (_("Longest call, in minutes"), 240),
    "seconds_a_day": (_("Minutes a day"), 1440),
    "seconds_a_week": (_("Minutes a week"), 10080),
    "seconds_a_month": (_("Minutes a month"), 44640),
    "pause_seconds": (_("Pause between two calls, in minutes"), 1440),
}


def _count(label: Any, most: int, least: int = 1) -> forms.IntegerField:
    return forms.IntegerField(
        label=label, required=False, min_value=least, max_value=most,
        error_messages={
            "invalid": _("Type a whole number, or nothing."),
            "min_value": _("Type %(limit_value)s or more, or nothing."),
            "max_value": _("Type %(limit_value)s at most, or nothing."),
        },
        widget=forms.TextInput({"inputmode": "numeric", "class": "medium", "autocomplete": "off"}),
    )  # fmt: skip


class MinutesField(forms.CharField):
    """Minutes as staff type them ("15", or "1:30" for a minute and a half); cleaned to seconds, None when empty.

    So a limit that was set to odd seconds elsewhere is shown as it is, and stays so when the page is sent again.
    """

    widget = forms.TextInput

    def __init__(self, label: Any, most: int, least: int = 1) -> None:
        self.most, self.least = most, least
        attrs = {"class": "medium", "autocomplete": "off", "maxlength": 9}
        super().__init__(label=label, required=False, widget=forms.TextInput(attrs))

    def prepare_value(self, value: Any) -> Any:
        """Seconds, as a limit has them, to what is typed."""
        if not isinstance(value, int):
            return value
        return f"{value // 60}:{value % 60:02d}" if value % 60 else str(value // 60)

    def clean(self, value: Any) -> Any:
        typed = str(value or "").strip()
        if not typed:
            return None
        parts = _TIME.fullmatch(typed)
        if parts is None:
            raise ValidationError(
                _("Type whole minutes, or minutes and seconds such as 1:30, or nothing."), code="time"
            )
        seconds = 60 * int(parts[1]) + int(parts[2] or 0)
        if seconds > 60 * self.most:
            raise ValidationError(_("Type %(limit_value)s at most, or nothing."), params={"limit_value": self.most})
        if seconds < 60 * self.least:
            raise ValidationError(_("Type %(limit_value)s or more, or nothing."), params={"limit_value": self.least})
        return seconds


class LimitForm(forms.Form):
    """What one of place, unit, resident or number allows. Empty: it says nothing, and another limit may."""

    seconds = MinutesField(*_MINUTES["seconds"])
    calls_a_day = _count(_("Calls a day"), 100, 0)
    seconds_a_day = MinutesField(*_MINUTES["seconds_a_day"], 0)
    seconds_a_week = MinutesField(*_MINUTES["seconds_a_week"], 0)
    seconds_a_month = MinutesField(*_MINUTES["seconds_a_month"], 0)
    pause_seconds = MinutesField(*_MINUTES["pause_seconds"], 0)
    unrecorded = forms.BooleanField(
        label=_("Do not record these calls"), required=False, help_text=_("This wins over everything that says yes.")
    )
    seen = forms.CharField(required=False, widget=forms.HiddenInput)

    def __init__(self, *args: Any, count: int = STRETCHES, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.count = count
        for n in range(count):
            self.fields[f"days_{n}"] = forms.MultipleChoiceField(
                label=_("Days"), required=False, choices=list(WEEKDAYS.items()), widget=forms.CheckboxSelectMultiple
            )
            for name, label in (("opens", _("Open from")), ("closes", _("Until"))):
                self.fields[f"{name}_{n}"] = forms.TimeField(
                    label=label, required=False, widget=forms.TimeInput({"type": "time"}, format="%H:%M"),
                    input_formats=["%H:%M", "%H:%M:%S"],
                    error_messages={"invalid": _("Type a time such as 21:30.")},
                )  # fmt: skip

    @property
    def stretches(self) -> list[tuple[forms.BoundField, forms.BoundField, forms.BoundField]]:
        return [(self[f"days_{n}"], self[f"opens_{n}"], self[f"closes_{n}"]) for n in range(self.count)]

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or {}
        for n in range(self.count):
            days, opens, closes = (cleaned.get(f"{name}_{n}") for name in ("days", "opens", "closes"))
            given = [bool(days), opens is not None, closes is not None]
            if any(given) and not all(given) and not {f"opens_{n}", f"closes_{n}"} & set(self.errors):
                self.add_error(f"opens_{n}", _("Choose days, a beginning and an end; or leave all three empty."))
        return cleaned

    def values(self) -> dict[str, Any]:
        """By column, in seconds."""
        given = self.cleaned_data
        made = {name: given[name] for name in _MINUTES}
        pause = made.pop("pause_seconds") or 0
        return {**made, "calls_a_day": given["calls_a_day"], "pause_seconds": pause, "record": not given["unrecorded"]}

    def hours(self) -> list[Open]:
        given = self.cleaned_data
        return [
            Open("".join(sorted(given[f"days_{n}"])), given[f"opens_{n}"], given[f"closes_{n}"])
            for n in range(self.count)
            if given[f"days_{n}"]
        ]

    @classmethod
    def of(cls, row: CallLimits, data: Any, seen: str) -> "LimitForm":
        times = {name: getattr(row, name) for name in _MINUTES}
        first: dict[str, Any] = {"calls_a_day": row.calls_a_day, "unrecorded": not row.record, "seen": seen}
        hours = list(row.hours.order_by("opens", "pk"))
        for n, one in enumerate(hours):
            first |= {f"days_{n}": list(one.days), f"opens_{n}": one.opens, f"closes_{n}": one.closes}
        pause = {"pause_seconds": row.pause_seconds or None}
        return cls(data, initial=times | first | pause, count=max(STRETCHES, len(hours) + 1))


class WhoseForm(forms.Form):
    """Of what a new limit is; `of` decides which of the rest counts."""

    of = forms.ChoiceField(label=_("Limit of"), widget=forms.RadioSelect, initial="unit")
    unit = forms.TypedChoiceField(label=_("Unit"), coerce=int, empty_value=None, required=False)
    resident = LineField(label=_("ID number of the resident"), required=False, max_length=30)
    number = number_field(_("Telephone number"), required=False)

    def __init__(self, *args: Any, units: Iterable[tuple[int, str]], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        kinds = [("place", _("the whole place")), ("unit", _("a housing unit")), ("resident", _("a resident")),
                 ("number", _("a telephone number"))]  # fmt: skip
        cast("forms.ChoiceField", self.fields["of"]).choices = kinds
        cast("forms.ChoiceField", self.fields["unit"]).choices = [("", "—"), *units]

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or {}
        of = cleaned.get("of")
        if of in {"unit", "resident", "number"} and not cleaned.get(of) and of not in self.errors:
            self.add_error(of, _("Say which."))
        elif of == "number" and cleaned.get("number"):
            try:
                cleaned["number"] = _read(cleaned["number"])
            except ValidationError as no:
                self.add_error("number", no)
        return cleaned


class TryForm(forms.Form):
    """A call to be tried: who, or which unit, and whom."""

    resident = LineField(label=_("ID number of the resident"), required=False, max_length=30)
    unit = forms.TypedChoiceField(label=_("Unit"), coerce=int, empty_value=None, required=False)
    n = number_field(_("Telephone number"), required=False)

    def __init__(self, *args: Any, units: Iterable[tuple[int, str]], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        cast("forms.ChoiceField", self.fields["unit"]).choices = [("", _("of the resident")), *units]

    def clean_n(self) -> str:
        return _read(self.cleaned_data["n"]) if self.cleaned_data["n"] else ""
