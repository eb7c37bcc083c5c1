"""What staff type about a place's screens (KSK-1)."""

from collections.abc import Iterable
from datetime import date
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _


class KioskForm(forms.Form):
    unit = forms.TypedChoiceField(label=_("Unit"), coerce=int, error_messages={"required": _("Choose a unit.")})
    label = forms.CharField(
        label=_("Name of the screen"), max_length=60, widget=forms.TextInput({"autocomplete": "off"}),
        help_text=_("As staff know it, such as: West, by the door."),
        error_messages={"required": _("Give it a name.")},
    )  # fmt: skip

    def __init__(self, *args: Any, units: Iterable[tuple[int, str]], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        unit = self.fields["unit"]
        assert isinstance(unit, forms.TypedChoiceField)  # noqa: S101  (declared above)
        unit.choices = list(units)


class HolidayForm(forms.Form):
    """A day on which the agency does not work (DEL-6)."""

    day = forms.DateField(
        label=_("Day"), widget=forms.DateInput({"type": "date"}, format="%Y-%m-%d"),
        error_messages={"required": _("Choose a day.")},
    )  # fmt: skip
    name = forms.CharField(
        label=_("What it is"), max_length=80, widget=forms.TextInput({"autocomplete": "off"}),
        error_messages={"required": _("Give it a name.")},
    )  # fmt: skip

    def __init__(self, *args: Any, today: date, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self._today = today

    def clean_day(self) -> date:
        day: date = self.cleaned_data["day"]
        if not self._today <= day <= self._today.replace(year=self._today.year + 5, day=1):
            raise forms.ValidationError(_("Choose a day from today on, within five years."))
        return day


class AppealDaysForm(forms.Form):
    """How long one may appeal, and how long an answer may take: never 0 (M2, M4)."""

    sender_appeal_days = forms.IntegerField(label=_("Days to appeal, for whoever wrote"), min_value=1, max_value=365)
    resident_appeal_days = forms.IntegerField(label=_("Days to appeal, for the other side"), min_value=1, max_value=365)
    appeal_decision_days = forms.IntegerField(label=_("Working days for the answer"), min_value=1, max_value=100)
