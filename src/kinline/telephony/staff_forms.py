"""What staff type about calls: what they look for, why they end one, telephones, closed lines (TEL-9)."""

from collections.abc import Iterable
from typing import Any, cast

from django import forms
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from kinline.identity.forms.fields import LineField
from kinline.telephony import staff_wording as words

LANGUAGES = (("", _("asks at each call")), ("en", "English"), ("es", "Español"))
Choices = Iterable[tuple[Any, Any]]


def choices(field: forms.Field, values: Choices) -> None:
    cast("forms.ChoiceField", field).choices = list(values)


def day(label: Any) -> forms.DateField:
    return forms.DateField(
        label=label, required=False, widget=forms.DateInput({"type": "date"}, format="%Y-%m-%d"),
        error_messages={"invalid": _("Type a day such as 2027-01-31.")},
    )  # fmt: skip


def moment(label: Any, *, required: bool, hint: Any = "") -> forms.DateTimeField:
    """A time of the place, as its clocks show it."""
    return forms.DateTimeField(
        label=label,
        required=required,
        help_text=hint,
        input_formats=["%Y-%m-%dT%H:%M", "%Y-%m-%d %H:%M"],
        widget=forms.DateTimeInput(attrs={"type": "datetime-local"}, format="%Y-%m-%dT%H:%M"),
        error_messages={
            "required": _("Choose a day and a time."),
            "invalid": _("Write it as year-month-day and time, such as 2026-05-31 17:00."),
        },
    )


class EndForm(forms.Form):
    reason = forms.ChoiceField(
        label=_("Why"), choices=list(words.ENDS.items()), widget=forms.RadioSelect,
        error_messages={"required": _("Choose why.")},
    )  # fmt: skip


class PurposeForm(forms.Form):
    purpose = LineField(
        label=_("What for"), ask=_("Write what it is for: a case, a complaint, its number."), max_length=200
    )


class SearchForm(forms.Form):
    """Any of these, and always what for (REC5)."""

    who = LineField(
        label=_("Resident"), required=False, max_length=80, help_text=_("ID number, or a part of the name.")
    )
    number = LineField(
        label=_("Telephone number"), required=False, max_length=24, help_text=_("Whole, or its last digits.")
    )
    station = forms.ChoiceField(label=_("Telephone"), required=False)
    since = day(_("From"))
    until = day(_("To"))
    result = forms.ChoiceField(label=_("How it ended"), required=False)
    kind = forms.ChoiceField(
        label=_("Paid with"), required=False, choices=[("", pgettext_lazy("calls", "all")), *words.PAID.items()]
    )
    purpose = LineField(
        label=_("What for"), ask=_("Write what it is for: a case, a complaint, its number."), max_length=200
    )

    def __init__(self, *args: Any, stations: Iterable[str], results: Iterable[str], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        every = ("", pgettext_lazy("calls", "all"))
        choices(self.fields["station"], [every, *((one, one) for one in stations)])
        choices(
            self.fields["result"], [every, *sorted(((one, words.result(one)) for one in results), key=lambda x: x[1])]
        )

    def clean_number(self) -> str:
        digits = "".join(one for one in self.cleaned_data["number"] if one.isdecimal() and one.isascii())
        if self.cleaned_data["number"] and len(digits) < LEAST_DIGITS:
            raise forms.ValidationError(_("Type at least four digits."))
        return digits

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or {}
        first, last = cleaned.get("since"), cleaned.get("until")
        if first and last and last < first:
            self.add_error("until", _("This is before its first day."))
        return cleaned

    def asked(self) -> dict[str, str]:
        """Everything but the purpose, as text that a session keeps."""
        values = {name: value for name, value in self.cleaned_data.items() if name != "purpose" and value}
        return {name: value if isinstance(value, str) else value.isoformat() for name, value in values.items()}


LEAST_DIGITS = 4


def _named(cleaned: dict[str, Any]) -> dict[str, Any]:
    """As the flows name what was typed: the unit by its id."""
    return {("unit_id" if name == "unit" else name): value for name, value in cleaned.items()}


class StationForm(forms.Form):
    label = LineField(
        label=_("Name of the telephone"), ask=_("Give it a name."), max_length=60,
        help_text=_("As staff know it, such as: West, by the door."),
    )  # fmt: skip
    unit = forms.TypedChoiceField(label=_("Unit"), coerce=int, empty_value=None, required=False)
    language = forms.ChoiceField(label=_("Language"), choices=LANGUAGES, required=False)
    relay = forms.BooleanField(label=_("A TTY or relay telephone: its calls may last twice as long"), required=False)

    def __init__(self, *args: Any, units: Choices, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        choices(self.fields["unit"], [("", _("none: shared by all units")), *units])

    def values(self) -> dict[str, Any]:
        return _named(self.cleaned_data)


class SwitchForm(forms.Form):
    name = forms.SlugField(
        label=_("Name of the switch"), max_length=50,
        help_text=_("Letters, digits and hyphens, such as north-asterisk."),
        widget=forms.TextInput({"autocomplete": "off", "autocapitalize": "none", "spellcheck": "false"}),
        error_messages={
            "required": _("Give it a name."), "invalid": _("A name is made of letters, digits and hyphens."),
        },
    )  # fmt: skip


class LinesForm(forms.Form):
    """Which lines are closed, from when to when, and why."""

    kind = forms.ChoiceField(
        label=_("What"), choices=list(words.STOPS.items()), widget=forms.RadioSelect, initial="lockdown",
        error_messages={"required": _("Choose what is closed.")},
    )  # fmt: skip
    unit = forms.TypedChoiceField(
        label=_("Where"), coerce=int, empty_value=None, required=False, help_text=_("Not for one resident.")
    )
    number = LineField(
        label=_("ID number of the resident"), required=False, max_length=40, help_text=_("Only for a suspension.")
    )
    reason = LineField(label=_("Why"), ask=_("Write why."), max_length=300, help_text=_("Staff read it."))
    starts_at = moment(_("From"), required=False, hint=_("Empty: at once."))
    ends_at = moment(_("Until"), required=False, hint=_("Empty: until somebody opens them."))

    def __init__(self, *args: Any, units: Choices, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        choices(self.fields["unit"], [("", _("the whole place")), *units])

    def values(self) -> dict[str, Any]:
        return _named(self.cleaned_data)

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or {}
        if cleaned.get("kind") == "suspended" and not cleaned.get("number") and "number" not in self.errors:
            self.add_error("number", _("Type the ID number of whose calls are suspended."))
        starts, ends = cleaned.get("starts_at"), cleaned.get("ends_at")
        if starts and ends and ends <= starts:
            self.add_error("ends_at", _("This is before it begins."))
        return cleaned


class ReasonForm(forms.Form):
    reason = LineField(label=_("Why"), ask=_("Write why: the court, the case, its number."), max_length=300)
