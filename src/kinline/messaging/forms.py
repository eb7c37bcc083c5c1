"""The letter as it is typed, in portal and kiosk (MSG-1 to MSG-3). What may be sent is the flow's decision."""

from collections.abc import Mapping
from typing import Any
from uuid import UUID, uuid4

from django import forms
from django.utils.translation import gettext_lazy as _

from kinline.messaging.errors import Empty
from kinline.messaging.text import LIMIT, SUBJECT_LIMIT, normalise, one_line


class _Typed(forms.Field):
    """Any text at all: a CharField would refuse NUL and cut the outer spaces off before we could count or keep them."""

    def to_python(self, value: Any) -> str:
        return str(value or "")


class _Letter(forms.Textarea):
    """Normalised as soon as it is read, so that a page that gives the text back shows what would be sent."""

    def value_from_datadict(self, data: Mapping[str, Any], files: Any, name: str) -> str:
        return normalise(str(data.get(name) or ""))


class _Line(forms.TextInput):
    def value_from_datadict(self, data: Mapping[str, Any], files: Any, name: str) -> str:
        return one_line(str(data.get(name) or ""))


class ComposeForm(forms.Form):
    """`key` is made with the page and makes a repeat harmless; a page without one gets a fresh one.

    Length and emptiness of the body are not asked here: the flow refuses with the count, and the text stays.
    """

    to = forms.IntegerField(min_value=1, widget=forms.HiddenInput)
    subject = _Typed(
        label=_("Subject"), required=False, widget=_Line(attrs={"maxlength": SUBJECT_LIMIT, "autocomplete": "off"})
    )
    body = _Typed(
        label=_("Your letter"),
        error_messages={"required": Empty.sentence},
        widget=_Letter(attrs={"class": "letter", "rows": 12, "data-limit": LIMIT, "dir": "auto"}),
    )
    key = _Typed(required=False, widget=forms.HiddenInput)
    price = _Typed(required=False, widget=forms.HiddenInput)
    pay = forms.ChoiceField(required=False, choices=[("credits", "credits"), ("collect", "collect")])
    collect_ok = forms.BooleanField(required=False)

    def clean_subject(self) -> str:
        subject: str = self.cleaned_data["subject"]
        if len(subject) > SUBJECT_LIMIT:
            raise forms.ValidationError(
                _("The subject has %(count)s characters. The longest subject has %(limit)s."),
                params={"count": len(subject), "limit": SUBJECT_LIMIT},
            )
        return subject

    def clean_key(self) -> UUID:
        try:
            return UUID(self.cleaned_data["key"])
        except ValueError:
            return uuid4()

    def clean_price(self) -> int | None:
        """None if the page said nothing of it. What is no price was never shown by us, so it is not today's either."""
        shown: str = self.cleaned_data["price"]
        return (int(shown) if shown.isascii() and shown.isdigit() and len(shown) < 9 else -1) if shown else None

    def letter(self) -> dict[str, Any]:
        """What `flows.send_message.send` asks for, of a valid form.

        With neither way of paying chosen, MSG-3 holds: the sender's credits if there are any, else collect.
        """
        typed = self.cleaned_data
        return {
            "subject": typed["subject"],
            "body": typed["body"],
            "client_key": typed["key"],
            "shown_cents": typed["price"],
            "collect": typed["pay"] != "credits" or typed["collect_ok"],
        }
