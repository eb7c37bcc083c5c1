"""What staff type to get in: user name and password, then a code (STF-1)."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from kinline.identity.forms.fields import LineField, PasswordField

_PLAIN = {"autocapitalize": "none", "spellcheck": "false"}


class StaffLoginForm(forms.Form):
    login = LineField(label=_("User name"), ask=_("Enter your user name."), max_length=254, autocomplete="username")
    password = PasswordField(label=_("Password"), ask=_("Enter your password."), new=False)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["login"].widget.attrs.update(_PLAIN)


class FactorForm(forms.Form):
    """A code of the authenticator app, or a recovery code."""

    code = LineField(
        label=_("Code"), ask=_("Enter the code that your app shows."), max_length=60, autocomplete="one-time-code"
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["code"].widget.attrs.update({"class": "short", "autofocus": True, **_PLAIN})


class PasskeyForm(forms.Form):
    """What its owner calls a new passkey."""

    name = LineField(
        label=_("Name of this passkey"), ask=_("Type a name by which you will know it."), max_length=60,
        help_text=_("Such as “Work phone” or “Blue key”."),
    )  # fmt: skip


class AgainForm(forms.Form):
    """The password once more: after a pause, or before an act with money."""

    password = PasswordField(label=_("Password"), ask=_("Enter your password."), new=False)
