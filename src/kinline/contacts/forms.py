"""What a family member types to ask for the confidential class (CON-5)."""

from typing import Any

from django import forms
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from kinline.contacts.models import Profession
from kinline.identity.forms.fields import LineField

PROFESSIONS: dict[str, str | Promise] = {
    Profession.ATTORNEY: _("Attorney"),
    Profession.COURT: _("Court"),
    Profession.OMBUDSPERSON: _("Ombudsperson"),
    Profession.OTHER: _("Another office whose letters are confidential by law"),
}


class ClaimForm(forms.Form):
    """Who one is, and what proves it; staff look at both."""

    profession = forms.ChoiceField(
        label=_("You write as"), choices=list(PROFESSIONS.items()), widget=forms.RadioSelect,
        error_messages={"required": _("Choose one.")},
    )  # fmt: skip
    organisation = LineField(label=_("Firm, court or office"), ask=_("Type its name."), max_length=120)
    bar_number = LineField(
        label=_("Bar number, with the state"), max_length=60, required=False,
        help_text=_("Of attorneys, such as NY 1234567."),
    )  # fmt: skip
    document = LineField(
        label=_("Document that proves it"), ask=_("Name the document."), max_length=200,
        help_text=_("Its name, such as bar card or letter of appointment. Staff tell you how to show it."),
    )  # fmt: skip

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or {}
        if cleaned.get("profession") == Profession.ATTORNEY and not cleaned.get("bar_number") and not self.errors:
            self.add_error("bar_number", _("Type your bar number."))
        return cleaned
