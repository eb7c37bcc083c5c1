"""What staff type about a place's screens (KSK-1)."""

from collections.abc import Iterable
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
