"""Getting in: log in, type a code, ask for a code, a link or a username (ACC-4 to ACC-6)."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from kinline.identity.forms.fields import EmailLine, LineField, PasswordField
from kinline.identity.forms.signup import check_new_password
from kinline.identity.models import User

_PLAIN = {"autocapitalize": "none", "spellcheck": "false"}


class WhoField(LineField):
    """A username or an email address. Whether anybody has it is never said (ACC-3)."""

    def __init__(self) -> None:
        super().__init__(
            label=_("Username or email"),
            ask=_("Enter your username or email address."),
            max_length=254,
            autocomplete="username",
        )
        self.widget.attrs.update(_PLAIN)


class LoginForm(forms.Form):
    login = WhoField()
    password = PasswordField(label=_("Password"), ask=_("Enter your password."), new=False)


class ActivateForm(forms.Form):
    identifier = WhoField()
    code = LineField(
        label=_("Code"),
        ask=_("Enter the code from the email."),
        max_length=60,
        autocomplete="one-time-code",
        help_text=_("8 digits. Spaces and dashes do not matter."),
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["code"].widget.attrs.update({"inputmode": "numeric", **_PLAIN})


class WhoForm(forms.Form):
    """Whose code or link is asked for."""

    identifier = WhoField()


class RemindForm(forms.Form):
    email = EmailLine(label=_("Email"), ask=_("Enter the email address of your account."))


class NewPasswordForm(forms.Form):
    """A new password for `person`."""

    password1 = PasswordField(
        label=_("New password"),
        ask=_("Choose a password."),
        new=True,
        help_text=_("At least 10 characters. A few words that only you would put together are good."),
    )
    password2 = PasswordField(label=_("Confirm password"), ask=_("Type the password once more."), new=True)

    def __init__(self, person: User, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.person = person

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or {}
        check_new_password(self, self.person)
        return cleaned
