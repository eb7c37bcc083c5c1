"""Fields for what people type about themselves. Odd characters get a sentence, never an error page (ACC-2)."""

import unicodedata
from datetime import date
from typing import Any

from django import forms
from django.conf import settings
from django.core.exceptions import ValidationError
from django.utils import timezone
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from kinline.core import clock
from kinline.design.dates import MemorableDateField
from kinline.identity import passwords, rules

OLDEST_YEAR = 1900


class LineField(forms.CharField):
    """One line in any script, tidied (`rules.tidy`). `ask`: the sentence when it is missing."""

    def __init__(self, *, ask: str | Promise = "", autocomplete: str = "", **kwargs: Any) -> None:
        messages: dict[str, Any] = {
            "required": ask,
            "max_length": _("This is too long: at most %(limit_value)d characters, and you typed %(show_value)d."),
            "characters": _("This has a character that cannot be kept. Type it again by hand."),
        }
        super().__init__(error_messages=messages, **kwargs)
        self.widget.attrs.setdefault("autocomplete", autocomplete or "off")
        # The sentence counts for people; a browser that cuts silently at `maxlength` would lose what was typed.
        self.widget.attrs.pop("maxlength", None)

    def to_python(self, value: Any) -> str:
        line = rules.tidy(str(value or ""))
        if line is None:
            raise ValidationError(self.error_messages["characters"], code="characters")
        return line


class NameField(LineField):
    """A name in any script: has at least one letter."""

    def validate(self, value: str) -> None:
        super().validate(value)
        if value and not rules.has_letter(value):
            raise ValidationError(_("A name needs at least one letter."), code="no_letter")


class UsernameField(LineField):
    def __init__(self, **kwargs: Any) -> None:
        super().__init__(
            label=_("Username"),
            ask=_("Choose a username."),
            autocomplete="username",
            help_text=_("3 to 30 letters, numbers, dots, dashes or underscores. You log in with it."),
            **kwargs,
        )
        self.widget.attrs.update({"autocapitalize": "none", "spellcheck": "false"})

    def validate(self, value: str) -> None:
        super().validate(value)
        if value and not rules.USERNAME.fullmatch(value):
            text = _("A username has 3 to 30 characters: letters a to z, numbers, and . _ - without spaces.")
            raise ValidationError(text, code="username")


class EmailLine(forms.EmailField):
    """An email address that is plausible: its form is right and it fits into an envelope."""

    def __init__(self, *, ask: str | Promise, autocomplete: str = "email", **kwargs: Any) -> None:
        messages: dict[str, Any] = {
            "required": ask,
            "invalid": _("This does not look like an email address. It has the form name@example.com."),
            "max_length": _("This is too long for an email address."),
        }
        super().__init__(max_length=254, error_messages=messages, **kwargs)
        self.widget.attrs.update({"autocomplete": autocomplete, "autocapitalize": "none", "spellcheck": "false"})
        self.widget.attrs.pop("maxlength", None)

    def to_python(self, value: Any) -> str:
        line = rules.tidy(str(value or ""))
        if line is None:
            raise ValidationError(self.error_messages["invalid"], code="invalid")
        return line


class PasswordField(forms.CharField):
    """A password as typed: spaces at its ends are part of it. Never given back to the page."""

    def __init__(self, *, ask: str | Promise, new: bool, **kwargs: Any) -> None:
        messages: dict[str, Any] = {
            "required": ask,
            "max_length": _("This password is too long: use at most %(limit_value)d characters."),
            "characters": _("This password has a character that cannot be typed at every keyboard. Use another."),
        }
        kwargs.setdefault("widget", forms.PasswordInput)
        super().__init__(strip=False, max_length=passwords.LONGEST if new else None, error_messages=messages, **kwargs)
        self.widget.attrs.update({"autocomplete": "new-password" if new else "current-password"})
        self.widget.attrs.pop("maxlength", None)
        self.validators = [v for v in self.validators if not _refuses_null(v)]  # ours says it in plain words
        self.new = new

    def to_python(self, value: Any) -> str:
        text = str(value or "")
        if self.new and any(unicodedata.category(c) in {"Cc", "Cs"} for c in text):
            raise ValidationError(self.error_messages["characters"], code="characters")
        return text


def _refuses_null(validator: object) -> bool:
    return type(validator).__name__ == "ProhibitNullCharactersValidator"


class BirthField(MemorableDateField):
    """A date of birth of somebody old enough: `settings.MINIMUM_AGE` years on this day, here (ACC-2)."""

    def validate(self, value: date | None) -> None:
        super().validate(value)
        if value is None:
            return
        today = timezone.localdate(clock.now())
        if not value.year >= OLDEST_YEAR or value > today:
            raise ValidationError(_("Enter the date on which you were born."), code="not_born")
        if rules.age_on(value, today) < settings.MINIMUM_AGE:
            text = _("You must be at least %(age)d years old to have an account.")
            raise ValidationError(text, code="too_young", params={"age": settings.MINIMUM_AGE})


class PostalCodeField(LineField):
    """Checked for the deployment's country, which is a setting and not asked for (ACC-2)."""

    def validate(self, value: str) -> None:
        super().validate(value)
        if value and rules.postal_code(settings.COUNTRY, value) is None:
            text = _("Check the ZIP or postal code. It looks like this: %(example)s")
            raise ValidationError(text, code="postal_code", params={"example": rules.postal_example(settings.COUNTRY)})

    def clean(self, value: Any) -> str:
        line = super().clean(value)
        return rules.postal_code(settings.COUNTRY, line) or line
