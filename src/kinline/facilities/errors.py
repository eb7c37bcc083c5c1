"""Refusals of setting up places."""

from django.utils.translation import gettext_lazy as _

from kinline.core.errors import Refusal


class NameTaken(Refusal):
    code = "name_taken"
    sentence = _("There is already something named %(name)s.")


class UnknownFacility(Refusal):
    code = "unknown_facility"
    sentence = _("There is no facility %(slug)s.")


class UnknownUnit(Refusal):
    code = "unknown_unit"
    sentence = _("There is no unit %(name)s at this facility.")


class BadTimeZone(Refusal):
    code = "bad_time_zone"
    sentence = _("%(name)s is not the name of a time zone, such as America/New_York.")


class PriceInThePast(Refusal):
    code = "price_in_the_past"
    sentence = _("A price cannot change the past. Choose a moment from now on.")


class UnknownKiosk(Refusal):
    code = "unknown_kiosk"
    sentence = _("There is no kiosk %(id)s.")


class ReasonNotNeutral(Refusal):
    """M9: what somebody thinks of staff, a place or the world is no reason not to deliver their letter."""

    code = "reason_not_neutral"
    sentence = _("A letter is not refused for what somebody thinks. Name what it does: threatens, plans, brings in.")


class BadSetting(Refusal):
    code = "bad_setting"
    sentence = _("%(name)s is a number from %(least)s to %(most)s.")


class UnitInUse(Refusal):
    code = "unit_in_use"
    sentence = _("Somebody is or was in the unit %(name)s, or a kiosk or a batch of paper names it. It stays.")


class SettingsChanged(Refusal):
    """Two people change the settings of a place: the second looks at what the first did."""

    code = "settings_changed"
    sentence = _("Somebody changed these settings meanwhile. Look at them once more; nothing of yours was saved.")


class UnknownReason(Refusal):
    code = "unknown_reason"
    sentence = _("This reason is not on the list any more.")


class ReasonTaken(Refusal):
    """Also where the reason of this code is retired: what was refused for it names it."""

    code = "reason_taken"
    sentence = _("The code %(name)s belongs to another reason, in use or retired. %(free)s is free.")


class ReasonThere(Refusal):
    code = "reason_there"
    sentence = _("The list has a reason in these words already.")


class ReasonWithoutCode(Refusal):
    code = "reason_without_code"
    sentence = _("No code can be made from these words. Type one of letters, digits and hyphens.")


class LastReason(Refusal):
    """Without a reason nothing may be refused at all (DEL-5)."""

    code = "last_reason"
    sentence = _("It is the last reason of the list, so it stays. Add another first.")


class ReasonOfRule(Refusal):
    """A rule whose reason is off the list would hold letters that it says it refuses (DEL-3)."""

    code = "reason_of_rule"
    sentence = _(
        "The rule %(rule)s of version %(version)s refuses with this reason, so it stays. Change the rule first."
    )


class ReasonOfList(Refusal):
    code = "reason_of_list"
    sentence = _("The list %(name)s refuses with this reason, so it stays. Give that list another reason first.")
