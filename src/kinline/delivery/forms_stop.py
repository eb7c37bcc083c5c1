"""What staff type at the emergency switch (STF-8). Times are the facility's, as its clocks show them."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _


def _until(label: Any) -> forms.DateTimeField:
    return forms.DateTimeField(
        label=label,
        input_formats=["%Y-%m-%dT%H:%M", "%Y-%m-%d %H:%M"],
        widget=forms.DateTimeInput(attrs={"type": "datetime-local"}, format="%Y-%m-%dT%H:%M"),
        error_messages={
            "required": _("Choose when it ends."),
            "invalid": _("Write the end as year-month-day and time, such as 2026-05-31 17:00."),
        },
    )


def _reason(label: Any, *, required: bool) -> forms.CharField:
    return forms.CharField(
        label=label, max_length=300, required=required, widget=forms.Textarea(attrs={"rows": 2}),
        error_messages={"required": _("Say why. Everybody reads it.")},
    )  # fmt: skip


class EndForm(forms.Form):
    until = _until(_("Until"))


class StopForm(forms.Form):
    told = _reason(_("Why, in English. Residents and families read it."), required=True)
    told_es = _reason(_("Why, in Spanish"), required=False)
    until = _until(_("Until"))
