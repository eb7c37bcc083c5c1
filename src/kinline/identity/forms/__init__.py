"""What people type about themselves and to get in."""

from kinline.identity.forms.account import (
    ChangeEmailForm,
    ChangePasswordForm,
    CloseForm,
    ConfirmEmailForm,
    SettingsForm,
)
from kinline.identity.forms.login import ActivateForm, LoginForm, NewPasswordForm, RemindForm, WhoForm
from kinline.identity.forms.signup import ProfileForm, SignUpForm

__all__ = [
    "ActivateForm",
    "ChangeEmailForm",
    "ChangePasswordForm",
    "CloseForm",
    "ConfirmEmailForm",
    "LoginForm",
    "NewPasswordForm",
    "ProfileForm",
    "RemindForm",
    "SettingsForm",
    "SignUpForm",
    "WhoForm",
]
