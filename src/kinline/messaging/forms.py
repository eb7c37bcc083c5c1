"""The letter as it is typed, in portal and kiosk (MSG-1 to MSG-3), and the appeal (DEL-6). Flows decide what may be."""

from collections.abc import Iterable, Mapping
from typing import Any
from uuid import UUID, uuid4

from django import forms
from django.utils.translation import gettext_lazy as _

from kinline.core.errors import Refusal
from kinline.design.http import number
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


class _Numbers(forms.Field):
    """Every number of this name; the photos that the page showed beside the letter."""

    widget = forms.MultipleHiddenInput

    def to_python(self, value: Any) -> tuple[int, ...]:
        numbers = (number(str(one)) for one in value or ())
        return tuple(one for one in numbers if one is not None)


class _Files(forms.FileInput):
    allow_multiple_selected = True


PHOTO_KINDS = "image/jpeg,image/png,image/heic,image/heif,.jpg,.jpeg,.png,.heic,.heif"


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
    prepay_reply = forms.BooleanField(required=False)
    aware = forms.BooleanField(
        label=_("I know that this letter is not confidential: staff can read it."), required=False
    )
    photos = forms.Field(
        label=_("Choose photos"),
        required=False,
        widget=_Files(attrs={"multiple": True, "accept": PHOTO_KINDS, "class": "file"}),
    )
    photo = _Numbers(required=False)
    photo_price = _Typed(required=False, widget=forms.HiddenInput)

    def clean_subject(self) -> str:
        subject: str = self.cleaned_data["subject"]
        if len(subject) > SUBJECT_LIMIT:
            raise forms.ValidationError(
                _("The subject has %(count)s characters. The longest subject has %(limit)s."),
                params={"count": len(subject), "limit": SUBJECT_LIMIT},
            )
        return subject

    def clean_key(self) -> UUID:
        return _key_or_new(self.cleaned_data["key"])

    def clean_price(self) -> int | None:
        return _shown(self.cleaned_data["price"])

    def clean_photo_price(self) -> int | None:
        return _shown(self.cleaned_data["photo_price"])

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
            "prepay_reply": typed["prepay_reply"],
            "aware": typed["aware"],
            "photo_ids": typed["photo"],
            "shown_photo_cents": typed["photo_price"],
        }

    def only(self, sentences: Iterable[str]) -> "ComposeForm":
        """The same form, every word kept, with nothing wrong but these about its photos."""
        self.full_clean()
        self.errors.clear()
        for sentence in sentences:
            self.add_error("photos", sentence)
        return self

    def refused(self, no: Refusal) -> "ComposeForm":
        """The same form with the refusal at its place and every word kept.

        A key that another text has used is changed for a fresh one, so that pressing send again sends this one too.
        """
        form = self
        if no.code == "key_reused":
            form = ComposeForm({**{name: self.data[name] for name in self.data}, "key": str(uuid4())})
        form.add_error(_PLACES.get(no.code), str(no))
        return form


def _shown(price: str) -> int | None:
    """None if the page said nothing of it. What is no price was never shown by us, so it is not today's either."""
    return (int(price) if price.isascii() and price.isdigit() and len(price) < 9 else -1) if price else None


_PLACES = {"too_long": "body", "empty": "body", "not_confidential": "aware"} | dict.fromkeys(
    ("no_photos", "too_many_photos", "photos_changed", "photo_price_changed", "no_credit_for_photos"), "photos"
)


def typed_draft(typed: Mapping[str, str]) -> dict[str, Any]:
    """What `flows.mailbox.save_draft` asks for, of a page that is not sent yet."""
    return {
        "subject": typed.get("subject", ""),
        "text": typed.get("body", ""),
        "client_key": _key_or_new(typed.get("key", "")),
        "reply_to": number(typed.get("reply")),
    }


def _key_or_new(value: str) -> UUID:
    """A page's key as posted; a fresh one when it is no key."""
    try:
        return UUID(value)
    except ValueError:
        return uuid4()


class AppealForm(forms.Form):
    """DEL-6. What is missing or too long is said by the flow's refusal too; here beside the field."""

    text = forms.CharField(
        label=_("Why should it be delivered?"),
        max_length=4000,
        error_messages={"required": _("Write why you think the decision is wrong.")},
        widget=forms.Textarea(attrs={"rows": 8}),
    )
