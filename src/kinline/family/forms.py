"""The family pages' own small forms. The letter's form is messaging's."""

from collections.abc import Iterable
from typing import TYPE_CHECKING, Any, cast
from uuid import uuid4

from django import forms
from django.utils.translation import gettext_lazy as _

from kinline.core.money import short
from kinline.design.http import number

if TYPE_CHECKING:
    from kinline.facilities.models import Facility

TEST_AMOUNTS_CENTS = (500, 1000, 2500)


class FindForm(forms.Form):
    """CON-1: by name or number, filtered by state and facility. A GET form: the address can be kept."""

    q = forms.CharField(
        label=_("Name or ID number"),
        max_length=80,
        error_messages={"required": _("Type a name or an ID number.")},
        widget=forms.TextInput(attrs={"autocomplete": "off", "type": "search"}),
    )
    region = forms.ChoiceField(label=_("State"), required=False)
    facility = forms.ChoiceField(label=_("Facility"), required=False)

    def __init__(self, data: Any, places: Iterable["Facility"]) -> None:
        super().__init__(data)
        places = list(places)
        regions = sorted({place.region for place in places})
        self.choose("region", _("Any state"), [(region, region) for region in regions])
        self.choose("facility", _("Any facility"), [(place.slug, place.name) for place in places])

    def choose(self, name: str, anything: object, choices: list[tuple[str, str]]) -> None:
        cast(forms.ChoiceField, self.fields[name]).choices = [("", anything), *choices]


class AskForm(forms.Form):
    """CON-2: who to add, and how the person is related (shown to the resident and to staff who approve)."""

    resident = forms.IntegerField(min_value=1, widget=forms.HiddenInput)
    relation = forms.CharField(label=_("You are their … (if you like)"), max_length=40, required=False)


class WatchForm(forms.Form):
    """ "Tell me when they are here": a number, or a first and last name."""

    number = forms.CharField(label=_("ID number"), max_length=30, required=False)
    first_name = forms.CharField(label=_("First name"), max_length=80, required=False)
    last_name = forms.CharField(label=_("Last name"), max_length=80, required=False)

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or {}
        if not cleaned.get("number") and not cleaned.get("last_name"):
            self.add_error("last_name", _("Type a last name or an ID number, so that we know whom to look for."))
        return cleaned


class TestCreditsForm(forms.Form):
    """The demo's money. `key` is made with the page, so a second click adds nothing."""

    amount_cents = forms.TypedChoiceField(
        label=_("Amount"),
        coerce=int,
        choices=[(cents, short(cents)) for cents in TEST_AMOUNTS_CENTS],
        widget=forms.RadioSelect,
        initial=TEST_AMOUNTS_CENTS[0],
    )
    key = forms.UUIDField(widget=forms.HiddenInput, initial=uuid4)


class TidyForm(forms.Form):
    """Letters ticked in a list, and what to do with them."""

    ACTS = [("archive", ""), ("unarchive", ""), ("remove", ""), ("restore", "")]

    act = forms.ChoiceField(choices=ACTS)
    folder = forms.CharField(max_length=10, required=False)


def ids_of(values: Iterable[str]) -> list[int]:
    """The numbers among ticked values; what is no number was never on our page."""
    return [found for found in map(number, values) if found is not None]
