"""The kiosk's own small forms. The letter's form is messaging's."""

from typing import Any

from django import forms
from django.conf import settings
from django.utils.translation import gettext_lazy as _

from kinline.payments.forms import AmountField

MOST_CENTS = 10**9  # what is there is the limit


def pin_field(label: Any, missing: Any) -> forms.CharField:
    widget = forms.PasswordInput(attrs={"autocomplete": "off", "inputmode": "numeric"})
    return forms.CharField(label=label, max_length=8, error_messages={"required": missing}, widget=widget)


class SignInForm(forms.Form):
    number = forms.CharField(
        label=_("Your number"),
        max_length=30,
        error_messages={"required": _("Type your number.")},
        widget=forms.TextInput(attrs={"autocomplete": "off", "autocapitalize": "characters", "spellcheck": "false"}),
    )
    pin = pin_field(_("Your PIN"), _("Type your PIN."))


class PinForm(forms.Form):
    """KSK-6. What makes a good PIN is the residents' rule; here only that it was typed twice alike."""

    old = pin_field(_("Your PIN now"), _("Type the PIN you have now."))
    new = pin_field(_("Your new PIN"), _("Type a new PIN."))
    again = pin_field(_("Your new PIN again"), _("Type the new PIN again."))

    def clean_again(self) -> str:
        again: str = self.cleaned_data["again"]
        if "new" in self.cleaned_data and again != self.cleaned_data["new"]:
            raise forms.ValidationError(_("The two new PINs are not the same. Type the new PIN again."))
        return again


class InviteForm(forms.Form):
    email = forms.EmailField(
        label=_("Their email address"),
        max_length=254,
        error_messages={
            "required": _("Type an email address."),
            "invalid": _("This does not look like an email address. It has a name, then @, then a place."),
        },
        widget=forms.EmailInput(attrs={"autocomplete": "off"}),
    )


class LanguageForm(forms.Form):
    language = forms.ChoiceField(choices=settings.LANGUAGES)


class SearchForm(forms.Form):
    """Posted, so that the words do not stay in the browser's history."""

    words = forms.CharField(
        label=_("Words in the letter"),
        max_length=80,
        error_messages={"required": _("Type a word that is in the letter.")},
        widget=forms.TextInput(attrs={"autocomplete": "off"}),
    )


class PayOutForm(forms.Form):
    """MON-6. `key` makes a second press harmless."""

    amount = AmountField(
        label=_("How much"),
        limit_cents=MOST_CENTS,
        error_messages={
            "zero": _("Type an amount above zero."),
            "negative": _("Type an amount above zero."),
            "card": _("This looks like the number of a card. We did not keep it. Type only how much money."),
        },
    )
    key = forms.UUIDField(widget=forms.HiddenInput)
