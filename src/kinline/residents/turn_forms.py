"""What staff type about turns at kiosks (KSK-4)."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _


class TurnsForm(forms.Form):
    minutes = forms.IntegerField(
        label=_("Minutes of a turn"), min_value=0, max_value=240, help_text=_("5 to 240; 0: as long as one likes."),
        widget=forms.NumberInput(attrs={"min": 0, "max": 240}),
    )  # fmt: skip
    pause_minutes = forms.IntegerField(
        label=_("Minutes in which others come first"), min_value=0, max_value=240,
        help_text=_("After a turn. Whoever finds a screen that was free for 2 minutes may use it all the same."),
        widget=forms.NumberInput(attrs={"min": 0, "max": 240}),
    )  # fmt: skip

    def clean_minutes(self) -> Any:
        minutes: int = self.cleaned_data["minutes"]
        if 0 < minutes < 5:
            raise forms.ValidationError(_("A turn has at least 5 minutes: nobody writes a letter in less."))
        return minutes
