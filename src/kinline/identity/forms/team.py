"""Who works at a place, as what, from when until when (STF-1)."""

from collections.abc import Iterable
from datetime import datetime, time, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from django import forms
from django.core.exceptions import ValidationError
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from kinline.design.fields import offer
from kinline.identity import queries
from kinline.identity.forms.fields import EmailLine, NameField, UsernameField
from kinline.identity.models import Kind, Role

ROLE_NAMES: dict[Role, str | Promise] = {
    Role.MAILROOM: _("Mailroom"),
    Role.REVIEWER: _("Reviewer"),
    Role.SUPERVISOR: _("Supervisor"),
    Role.INVESTIGATOR: _("Investigator"),
    Role.FINANCE: _("Finance"),
    Role.FACILITY_ADMIN: _("Facility administrator"),
    Role.AGENCY_ADMIN: _("Agency administrator"),
    Role.AUDITOR: _("Auditor (reads only)"),
    Role.OMBUDSPERSON: _("Ombudsperson (figures and decisions only)"),
}
_LAST_YEAR = 2200


def _day(label: Any, help_text: Any) -> forms.DateField:
    return forms.DateField(
        label=label, required=False, help_text=help_text,
        widget=forms.DateInput({"type": "date", "class": "medium"}),
        error_messages={"invalid": _("Type a date such as 2030-12-31.")},
    )  # fmt: skip


class GrantForm(forms.Form):
    """A role, dated by the place's days. `roles`: those that the one who gives it may give."""

    role = forms.TypedChoiceField(label=_("Role"), coerce=Role, error_messages={"required": _("Choose a role.")})
    starts = _day(_("From"), _("Empty: at once."))
    ends = _day(_("Last day"), _("Empty: until somebody ends it."))

    def __init__(self, *args: Any, roles: Iterable[Role], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        given = frozenset(roles)
        offer(self, "role", [("", "—"), *((one.value, name) for one, name in ROLE_NAMES.items() if one in given)])

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or {}
        for name in ("starts", "ends"):
            day = cleaned.get(name)
            if day and not 1970 <= day.year <= _LAST_YEAR:
                self.add_error(name, _("Type a date such as 2030-12-31."))
        if cleaned.get("starts") and cleaned.get("ends") and cleaned["ends"] < cleaned["starts"]:
            self.add_error("ends", _("The last day must not be before the first."))
        return cleaned

    def span(self, zone: str, now: datetime) -> dict[str, datetime | None]:
        """`starts_at` (None: now) and `ends_at`, by the place's clock."""
        at, starts, ends = ZoneInfo(zone), self.cleaned_data["starts"], self.cleaned_data["ends"]
        begins = datetime.combine(starts, time(), at) if starts else None
        return {
            "starts_at": begins if begins is not None and begins > now else None,
            "ends_at": datetime.combine(ends + timedelta(days=1), time(), at) if ends else None,
        }


class InviteForm(GrantForm):
    """Somebody new: they choose their password by a link."""

    first_name = NameField(label=_("First name"), ask=_("Type the first name."), max_length=80)
    last_name = NameField(label=_("Last name"), ask=_("Type the last name."), max_length=80)
    email = EmailLine(label=_("Email"), ask=_("Type the email address."), autocomplete="off")
    username = UsernameField(max_length=30)
    field_order = ("first_name", "last_name", "email", "username", "role", "starts", "ends")

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["username"].label, self.fields["username"].help_text = _("User name"), ""
        self.fields["username"].widget.attrs["autocomplete"] = "off"

    def clean_username(self) -> str:
        name = str(self.cleaned_data["username"])
        if queries.username_taken(name):
            raise ValidationError(_("Somebody has this user name already."))
        return name

    def clean_email(self) -> str:
        email = str(self.cleaned_data["email"])
        if queries.all_by_identifier(email, Kind.STAFF):
            raise ValidationError(_("Somebody of staff has this email address already. Give them a role instead."))
        return email


class KnownForm(GrantForm):
    """Somebody who works for Kinline already, here or elsewhere."""

    who = forms.CharField(
        label=_("User name or email"), max_length=254, error_messages={"required": _("Type the user name or email.")},
        widget=forms.TextInput({"autocomplete": "off", "autocapitalize": "none", "spellcheck": "false"}),
    )  # fmt: skip
    field_order = ("who", "role", "starts", "ends")
