"""What staff type about contacts and restrictions (CON-2, CON-3)."""

from datetime import datetime, time, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

from kinline.identity.forms.fields import LineField

_PLAIN = {"autocapitalize": "none", "spellcheck": "false"}
_LAST_YEAR = 2200


class DenyForm(forms.Form):
    """Why a contact is not approved: both sides read it."""

    reason = LineField(
        label=_("Reason"), ask=_("Write a reason: both of them read it."), max_length=300,
        help_text=_("Both of them read it."),
    )  # fmt: skip


class EndClaimForm(forms.Form):
    """Why letters are not, or are no longer, confidential: both sides read it."""

    reason = LineField(
        label=_("Reason"), ask=_("Write a reason: both of them read it."), max_length=300,
        help_text=_("Both of them read it."),
    )  # fmt: skip


def _day(label: Any, help_text: Any) -> forms.DateField:
    return forms.DateField(
        label=label, required=False, help_text=help_text,
        widget=forms.DateInput({"type": "date", "class": "medium"}),
        error_messages={"invalid": _("Type a date such as 2030-12-31.")},
    )  # fmt: skip


class RestrictForm(forms.Form):
    """Stop letters of two people, or of one with everybody here, from–until, with a reason."""

    resident = LineField(
        label=_("ID number of the resident"), max_length=30, required=False,
        help_text=_("Empty: the family member with everybody here."),
    )  # fmt: skip
    family = LineField(
        label=_("User name or email of the family member"), max_length=254, required=False,
        help_text=_("Empty: the resident with everybody."),
    )  # fmt: skip
    reason = LineField(
        label=_("Reason"), ask=_("Write a reason."), max_length=300,
        help_text=_("For staff only, such as the number of a court order."),
    )  # fmt: skip
    told = LineField(
        label=_("What the two may be told"), max_length=300, required=False,
        help_text=_("Empty: only that the facility has stopped letters between them."),
    )  # fmt: skip
    starts = _day(_("From"), _("Empty: at once."))
    ends = _day(_("Last day"), _("Empty: until somebody ends it."))

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for name in ("resident", "family"):
            self.fields[name].widget.attrs.update(_PLAIN)

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or {}
        if not cleaned.get("resident") and not cleaned.get("family") and not self.errors:
            raise ValidationError(_("Name a resident, a family member, or both."))
        starts, ends = cleaned.get("starts"), cleaned.get("ends")
        for name in ("starts", "ends"):
            day = cleaned.get(name)
            if day and not 1970 <= day.year <= _LAST_YEAR:
                self.add_error(name, _("Type a date such as 2030-12-31."))
        if starts and ends and ends < starts:
            self.add_error("ends", _("The last day must not be before the first."))
        return cleaned

    def span(self, zone: str, now: datetime) -> tuple[datetime | None, datetime | None]:
        """From the first moment of the first day (None: now) to the first after the last, by the place's clock."""
        at, starts, ends = ZoneInfo(zone), self.cleaned_data["starts"], self.cleaned_data["ends"]
        begins = datetime.combine(starts, time(), at) if starts else None
        until = datetime.combine(ends + timedelta(days=1), time(), at) if ends else None
        return (begins if begins is None or begins > now else None), until
