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
from kinline.identity.forms.staff import AgainForm, FactorForm, PasskeyForm, StaffLoginForm

__all__ = [
    "ActivateForm",
    "AgainForm",
    "ChangeEmailForm",
    "ChangePasswordForm",
    "CloseForm",
    "ConfirmEmailForm",
    "FactorForm",
    "LoginForm",
    "NewPasswordForm",
    "PasskeyForm",
    "ProfileForm",
    "RemindForm",
    "SettingsForm",
    "SignUpForm",
    "StaffLoginForm",
    "WhoForm",
]
