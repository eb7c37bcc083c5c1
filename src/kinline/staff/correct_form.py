"""What finance types to give money of a call back (T14)."""

from typing import Any
from uuid import uuid4

from django import forms
from django.utils.translation import gettext_lazy as _

from kinline.flows.correct_call import REASONS
from kinline.identity.forms.fields import LineField
from kinline.payments.forms import AmountField
from kinline.telephony.staff_wording import CORRECTED


class CorrectForm(forms.Form):
    amount = AmountField(
        label=_("How much goes back"), help_text=_("In dollars; at most what is left of the price."),
        error_messages={
            "zero": _("Nothing would go back. Type an amount above zero."),
            "negative": _("An amount cannot be below zero. A price is never raised after the call."),
        },
    )  # fmt: skip
    why = forms.ChoiceField(
        label=_("Why"), choices=[(code, CORRECTED[code]) for code in REASONS], widget=forms.RadioSelect,
        error_messages={"required": _("Choose why.")},
    )  # fmt: skip
    note = LineField(
        label=_("Note"), ask=_("Write a note: what happened, and how you know."), max_length=300,
        help_text=_("For staff only. It stays with the call."),
    )  # fmt: skip
    key = forms.UUIDField(widget=forms.HiddenInput, initial=uuid4)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["amount"].widget.attrs["class"] = "short"


class WhichForm(forms.Form):
    call = forms.IntegerField(
        label=_("Number of the call"), min_value=1, max_value=10**15,
        help_text=_("It stands in the books and on the call's page, after “call:”."),
        widget=forms.TextInput(attrs={"inputmode": "numeric", "autocomplete": "off"}),
        error_messages={"required": _("Type the number of the call."), "invalid": _("Type the number of the call.")},
    )  # fmt: skip
