"""What is asked for a key of reports (STF-7)."""

from django import forms
from django.utils.translation import gettext_lazy as _

from kinline.identity.forms.fields import LineField

DAYS = (("30", _("30 days")), ("90", _("90 days")), ("365", _("a year")))


class ReportKeyForm(forms.Form):
    name = LineField(
        label=_("What it is for"), max_length=60, ask=_("Say what the key is for."),
        help_text=_("For example: the county's statistics."),
    )  # fmt: skip
    days = forms.ChoiceField(label=_("It ends after"), choices=DAYS, initial="90")
