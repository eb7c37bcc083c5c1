"""What staff type to tell many (STF-8)."""

from collections.abc import Iterable
from typing import Any
from uuid import UUID, uuid4

from django import forms
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from kinline.notices.errors import BadSpan

LONGEST = 600  # characters: a notice, not a letter


def _words(label: Any, *, required: bool) -> forms.CharField:
    return forms.CharField(
        label=label, max_length=LONGEST, required=required,
        error_messages={"required": _("Write what everybody should know.")},
        widget=forms.Textarea(attrs={"rows": 4, "dir": "auto"}),
    )  # fmt: skip


def _moment(label: Any, help_text: Any) -> forms.DateTimeField:
    return forms.DateTimeField(
        label=label, required=False, help_text=help_text, input_formats=["%Y-%m-%dT%H:%M", "%Y-%m-%d %H:%M"],
        widget=forms.DateTimeInput(attrs={"type": "datetime-local"}, format="%Y-%m-%dT%H:%M"),
        error_messages={"invalid": _("Write it as year-month-day and time, such as 2026-05-31 17:00.")},
    )  # fmt: skip


class BroadcastForm(forms.Form):
    """`key` makes a second press harmless."""

    unit = forms.ChoiceField(label=pgettext_lazy("who is told", "To"), required=False)
    told = _words(_("In English"), required=True)
    told_es = _words(_("In Spanish"), required=False)
    starts = _moment(_("From"), _("Empty: at once."))
    until = _moment(_("Until"), _("Empty: it stays with their other notices."))
    key = forms.CharField(required=False, widget=forms.HiddenInput)

    def __init__(self, units: Iterable[tuple[int, str]], *args: Any, **kwargs: Any) -> None:
        kwargs["initial"] = {"key": uuid4(), **(kwargs.get("initial") or {})}
        super().__init__(*args, **kwargs)
        unit = self.fields["unit"]
        if isinstance(unit, forms.ChoiceField):
            unit.choices = [("", _("Everybody in the facility")), *((str(pk), name) for pk, name in units)]

    def clean(self) -> dict[str, Any]:
        values = super().clean() or self.cleaned_data
        starts, until = values.get("starts"), values.get("until")
        if starts and until and until <= starts:
            self.add_error("until", str(BadSpan()))
        return values

    def clean_key(self) -> UUID:
        try:
            return UUID(self.cleaned_data["key"])
        except ValueError:
            return uuid4()

    @property
    def unit_id(self) -> int | None:
        """Of a valid form."""
        chosen = self.cleaned_data["unit"]
        return int(chosen) if chosen else None

    @property
    def words(self) -> dict[str, str]:
        english: str = self.cleaned_data["told"]
        return {"en": english, "es": self.cleaned_data["told_es"] or english}
