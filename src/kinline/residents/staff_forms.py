"""What staff type about people in custody (STF-2, KSK-6)."""

import base64
from collections.abc import Iterable
from datetime import date
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

from kinline.design.fields import offer
from kinline.identity.forms.fields import LineField, NameField
from kinline.residents.rules import normal_number, search_form

FILE_BYTES = 8_000_000  # 20,000 lines are some 2 MB
LANGUAGES = (("en", _("English")), ("es", _("Spanish")))
_OLDEST = date(1900, 1, 1)


def _day() -> forms.DateField:
    return forms.DateField(
        label=_("Date of birth"), required=False, widget=forms.DateInput({"type": "date", "class": "medium"}),
        error_messages={"invalid": _("Type a date such as 1990-12-31.")},
    )  # fmt: skip


class FindForm(forms.Form):
    """Filters of the roster; what cannot be read filters nothing."""

    q = LineField(label=_("Name, number or booking"), max_length=80, required=False)
    state = forms.ChoiceField(label=_("Who"), choices=(("in", _("Here now")), ("gone", _("Gone"))), required=False)
    unit = forms.TypedChoiceField(label=_("Unit"), required=False, coerce=int, empty_value=None)

    def __init__(self, *args: Any, units: Iterable[tuple[int, str]], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        offer(self, "unit", [("", _("All units")), *units])

    def asked(self) -> dict[str, Any]:
        """As `queries.roster` takes it."""
        found = self.cleaned_data if self.is_valid() else {}
        return {"text": found.get("q", ""), "gone": found.get("state") == "gone", "unit_id": found.get("unit")}


class PersonForm(forms.Form):
    """What is known of somebody."""

    first_name = LineField(label=_("First name"), max_length=80, required=False)
    last_name = NameField(label=_("Last name"), ask=_("Type the last name."), max_length=80)
    date_of_birth = _day()
    language = forms.ChoiceField(label=_("Language"), choices=LANGUAGES, initial="en")

    def clean_date_of_birth(self) -> date | None:
        day: date | None = self.cleaned_data["date_of_birth"]
        if day is not None and not _OLDEST <= day <= date.today():  # noqa: DTZ011  (a day of birth, not a moment)
            raise ValidationError(_("Type a date such as 1990-12-31."))
        return day


class BookForm(PersonForm):
    """Somebody comes into custody. `known`: name of whoever has this number at the agency already."""

    number = LineField(
        label=_("ID number"), ask=_("Type the number."), max_length=30, help_text=_("As on the wristband.")
    )
    unit = forms.TypedChoiceField(label=_("Unit"), required=False, coerce=int, empty_value=None)
    booking = LineField(label=_("Booking number"), max_length=40, required=False)
    field_order = ("number", "last_name", "first_name", "date_of_birth", "unit", "booking", "language")

    def __init__(self, *args: Any, units: Iterable[tuple[int, str]], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        offer(self, "unit", [("", "—"), *units])

    def clean_number(self) -> str:
        return normal_number(str(self.cleaned_data["number"]))

    def is_somebody_else(self, last_name: str) -> bool:
        """The number belongs to a person of another last name: a slip of the finger would book a stranger."""
        return search_form(last_name) != search_form(str(self.cleaned_data["last_name"]))


class MoveForm(forms.Form):
    """To another unit of the same place."""

    unit = forms.TypedChoiceField(label=_("Unit"), coerce=int, error_messages={"required": _("Choose a unit.")})

    def __init__(self, *args: Any, units: Iterable[tuple[int, str]], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        offer(self, "unit", units)


class TransferForm(forms.Form):
    """To another place of this deployment."""

    place = forms.TypedChoiceField(
        label=_("To which place"), coerce=int, error_messages={"required": _("Choose a place.")}
    )
    booking = LineField(label=_("Booking number there"), max_length=40, required=False)
    number = LineField(
        label=_("ID number there"), max_length=30, required=False,
        help_text=_("Only where the other agency gives a new one."),
    )  # fmt: skip

    def __init__(self, *args: Any, places: Iterable[tuple[int, str]], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        offer(self, "place", places)


class ReleaseForm(forms.Form):
    """Custody ends: the number is typed once more, so that nobody is released by a slip (experience.md, rule 7)."""

    number = LineField(label=_("Type their ID number to confirm"), ask=_("Type the number."), max_length=30)

    def __init__(self, number: str, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.wanted = number

    def clean_number(self) -> str:
        typed = normal_number(str(self.cleaned_data["number"]))
        if typed != self.wanted:
            raise ValidationError(_("This is not the number of this person. Nothing was changed."))
        return typed


class RosterFileForm(forms.Form):
    """A roster; the second time it may come back as text that the page carried."""

    file = forms.FileField(
        label=_("File"), required=False, max_length=120, widget=forms.ClearableFileInput({"accept": ".csv,text/csv"})
    )
    create_units = forms.BooleanField(label=_("Make units that are not there yet"), required=False)
    name = forms.CharField(max_length=120, required=False, widget=forms.HiddenInput)
    carried = forms.CharField(required=False, widget=forms.HiddenInput)
    mark = forms.CharField(max_length=64, required=False, widget=forms.HiddenInput)
    content: bytes = b""

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or {}
        file, carried = cleaned.get("file"), cleaned.get("carried", "")
        if file is not None and file.size > FILE_BYTES:
            self.add_error("file", _("This file is too large. Send it as several files."))
        elif file is not None:
            self.content, cleaned["name"] = file.read(), str(file.name)[:120]
        elif carried:
            self.content = _decoded(carried)
        if not self.content and not self.errors:
            self.add_error("file", _("Choose a file that is not empty."))
        return cleaned


def _decoded(carried: str) -> bytes:
    try:
        return base64.b64decode(carried, validate=True)
    except ValueError:
        return b""
