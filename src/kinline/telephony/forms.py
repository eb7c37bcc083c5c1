"""What residents type about numbers: whose, and which one or two keys dial it (T10, TEL-2)."""

import re
from typing import Any, Final

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

from kinline.identity.forms.fields import LineField
from kinline.telephony.typed import LONGEST

_SPEED: Final = re.compile(r"[1-9][0-9]?")


class AskForm(forms.Form):
    """A number for the list."""

    number = LineField(
        label=_("Telephone number"),
        ask=_("Type a telephone number."),
        max_length=LONGEST,
        help_text=_("With the area code, such as 212 555 0142. Of another country: + and its code first."),
    )
    name = LineField(label=_("Whose number is it?"), ask=_("Type a name."), max_length=80)
    relation = LineField(
        label=_("Who are they to you?"),
        ask=_("Type who they are to you, such as sister."),
        max_length=40,
        help_text=_("Such as mother, friend, attorney."),
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["number"].widget.attrs.update({"inputmode": "tel", "class": "medium"})


class NumberAppealForm(forms.Form):
    """Why somebody else should decide again (T10)."""

    text = forms.CharField(
        label=_("Why should somebody else decide again?"), max_length=1000, strip=True,
        widget=forms.Textarea({"rows": 4}), error_messages={"required": _("Write why.")},
    )  # fmt: skip


class SpeedForm(forms.Form):
    """Empty: none any more."""

    keys = LineField(
        label=_("Speed dial"),
        max_length=10,
        required=False,
        help_text=_("One or two digits from 1 to 99. Press them in place of the whole number."),
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["keys"].widget.attrs.update({"inputmode": "numeric", "class": "medium"})

    def clean_keys(self) -> str:
        keys: str = self.cleaned_data["keys"]
        if keys and not _SPEED.fullmatch(keys):
            raise ValidationError(_("Type a number from 1 to 99."), code="speed")
        return keys
