"""My account (ACC-7). Whether the current password is right is checked by the flow, which counts the tries."""

from typing import Any

from django import forms
from django.conf import settings
from django.utils.translation import gettext_lazy as _

from kinline.identity.forms.fields import EmailLine, LineField, PasswordField
from kinline.identity.forms.login import NewPasswordForm

_ASK_CURRENT = _("Enter your current password.")


class ChangePasswordForm(NewPasswordForm):
    field_order = ("current_password", "password1", "password2")
    current_password = PasswordField(label=_("Current password"), ask=_ASK_CURRENT, new=False)


class ChangeEmailForm(forms.Form):
    email = EmailLine(label=_("New email"), ask=_("Enter your new email address."))
    email2 = EmailLine(label=_("Confirm new email"), ask=_("Type the email address once more."))
    current_password = PasswordField(label=_("Current password"), ask=_ASK_CURRENT, new=False)

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or {}
        if {"email", "email2"} <= cleaned.keys() and cleaned["email"].lower() != cleaned["email2"].lower():
            self.add_error("email2", _("The two email addresses are not the same."))
        return cleaned


class ConfirmEmailForm(forms.Form):
    code = LineField(
        label=_("Code"),
        ask=_("Enter the code from the email."),
        max_length=60,
        autocomplete="one-time-code",
        help_text=_("8 digits. Spaces and dashes do not matter."),
    )


class SettingsForm(forms.Form):
    """Language and notifications."""

    language = forms.ChoiceField(label=_("Language"), choices=settings.LANGUAGES, widget=forms.RadioSelect)
    notify_by_email = forms.BooleanField(
        label=_("Email me when a message or a notice waits for me"),
        required=False,
        help_text=_("Emails about the safety of your account are always sent."),
    )


class CloseForm(forms.Form):
    """Closing is said in words and proved by the password."""

    current_password = PasswordField(label=_("Current password"), ask=_ASK_CURRENT, new=False)
    sure = forms.BooleanField(
        label=_("Yes, close my account for good"),
        error_messages={"required": _("Tick the box if you are sure.")},
    )
