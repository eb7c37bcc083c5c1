"""The sign-up page's form (ACC-1, ACC-2) and the profile that it shares with My account."""

from typing import Any

from django import forms
from django.conf import settings
from django.contrib.auth import password_validation
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

from kinline.identity import queries
from kinline.identity.forms.fields import (
    BirthField,
    EmailLine,
    LineField,
    NameField,
    PasswordField,
    PostalCodeField,
    UsernameField,
)
from kinline.identity.models import User
from kinline.identity.rules import PROFILE

SELF = "self"
GENDERS = [
    ("female", _("Female")),
    ("male", _("Male")),
    ("nonbinary", _("Non-binary")),
    (SELF, _("I describe it myself")),
    ("prefer_not_to_say", _("Prefer not to say")),
]
_OPTIONAL = ("date_of_birth", "gender")


class ProfileForm(forms.Form):
    """Who somebody is. All but address line 2; an operator may make date of birth and gender optional (ACC-2)."""

    first_name = NameField(
        label=_("First name"), ask=_("Enter your first name."), max_length=80, autocomplete="given-name"
    )
    last_name = NameField(
        label=_("Last name"), ask=_("Enter your last name."), max_length=80, autocomplete="family-name"
    )
    address_line1 = LineField(
        label=_("Address"), ask=_("Enter your street address."), max_length=120, autocomplete="address-line1"
    )
    address_line2 = LineField(label=_("Address, line 2"), max_length=120, required=False, autocomplete="address-line2")
    city = NameField(label=_("City"), ask=_("Enter your city."), max_length=80, autocomplete="address-level2")
    region = NameField(
        label=_("State or region"), ask=_("Enter your state or region."), max_length=80, autocomplete="address-level1"
    )
    postal_code = PostalCodeField(
        label=_("ZIP or postal code"),
        ask=_("Enter your ZIP or postal code."),
        max_length=20,
        autocomplete="postal-code",
    )
    date_of_birth = BirthField(label=_("Date of birth"), help_text=_("For example: March 28, 1975."))
    gender = forms.ChoiceField(
        label=_("Gender"),
        choices=GENDERS,
        widget=forms.RadioSelect,
        error_messages={
            "required": _("Choose one; “Prefer not to say” is fine."),
            "invalid_choice": _("Choose one of the answers for gender."),
        },
    )
    gender_self = LineField(
        label=_("In your own words"),
        max_length=60,
        required=False,
        help_text=_("Only if you chose “I describe it myself”."),
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for name in _OPTIONAL:
            self.fields[name].required = name not in settings.OPTIONAL_SIGNUP_FIELDS

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or {}
        if cleaned.get("gender") == SELF and not cleaned.get("gender_self") and "gender_self" not in self.errors:
            self.add_error("gender_self", _("Write it in your own words, or choose another answer."))
        if cleaned.get("gender") not in (SELF, None):
            cleaned["gender_self"] = ""
        return cleaned

    def profile(self) -> dict[str, Any]:
        """The cleaned fields of `PROFILE`, as the verbs take them."""
        return {name: self.cleaned_data[name] for name in PROFILE}


class SignUpForm(ProfileForm):
    """One page, three fieldsets, in the order of ACC-1."""

    field_order = ("username", "password1", "password2", *PROFILE, "email", "email2", "agree_terms")

    username = UsernameField()
    password1 = PasswordField(
        label=_("Password"),
        ask=_("Choose a password."),
        new=True,
        help_text=_("At least 10 characters. A few words that only you would put together are good."),
    )
    password2 = PasswordField(label=_("Confirm password"), ask=_("Type the password once more."), new=True)
    email = EmailLine(
        label=_("Email"),
        ask=_("Enter your email address."),
        help_text=_("We send a link there to activate your account."),
    )
    email2 = EmailLine(label=_("Confirm email"), ask=_("Type the email address once more."))
    agree_terms = forms.BooleanField(
        label=_("I agree to the Terms of Service"),
        error_messages={"required": _("To create an account, agree to the Terms of Service.")},
    )

    def clean_username(self) -> str:
        username = str(self.cleaned_data["username"])
        if queries.username_taken(username):
            raise ValidationError(
                _("Somebody has this username already. Please choose another."), code="username_taken"
            )
        return username

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean()
        if {"email", "email2"} <= cleaned.keys() and cleaned["email"].lower() != cleaned["email2"].lower():
            self.add_error("email2", _("The two email addresses are not the same."))
        check_new_password(self, self._person(cleaned))
        return cleaned

    def _person(self, cleaned: dict[str, Any]) -> User:
        """Who is signing up, unsaved: the password must not be like their own data."""
        names = ("username", "email", "first_name", "last_name", "city", "address_line1")
        return User(**{name: cleaned.get(name, "") for name in names})


def check_new_password(form: forms.Form, person: User) -> None:
    """`password1` equals `password2`, is long enough, not common, and not like the person's own data (ACC-2)."""
    first, second = form.cleaned_data.get("password1"), form.cleaned_data.get("password2")
    if first and second and first != second:
        form.add_error("password2", _("The two passwords are not the same."))
    if first:
        try:
            password_validation.validate_password(first, person)
        except ValidationError as weak:
            form.add_error("password1", weak)
