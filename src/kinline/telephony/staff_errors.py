"""Refusals of what staff do about calls."""

from django.utils.translation import gettext_lazy as _

from kinline.core.errors import Refusal


class UnknownStation(Refusal):
    code = "unknown_station"
    sentence = _("There is no such telephone here.")


class SwitchNameTaken(Refusal):
    code = "switch_name_taken"
    sentence = _("There is already a switch named %(name)s.")


class UnknownSwitch(Refusal):
    code = "unknown_switch"
    sentence = _("There is no such switch.")


class CallOver(Refusal):
    code = "call_over"
    sentence = _("This call is over already.")


class NoCallToCorrect(Refusal):
    code = "no_call_to_correct"
    sentence = _("There is no such call here, or it is not over.")


class NothingPaid(Refusal):
    code = "nothing_paid"
    sentence = _("Nothing is left of the price of this call: there is nothing to give back.")


class MoreThanPaid(Refusal):
    code = "more_than_paid"
    sentence = _("No more can go back than was paid.")


class NoLineStop(Refusal):
    code = "no_line_stop"
    sentence = _("These lines are open.")


class BadLineTimes(Refusal):
    code = "bad_line_times"
    sentence = _("Lines are closed from now or a later moment, and open after that.")


class NobodyHere(Refusal):
    code = "nobody_here"
    sentence = _("Nobody with this ID number is in custody here.")


class RateAboveCap(Refusal):
    """F1: the law's most, and where it is written."""

    code = "rate_above_cap"
    sentence = _("%(what)s: %(rate)s a minute is more than the law allows, which is %(most)s (%(law)s, %(source)s).")


class PlanInPast(Refusal):
    code = "plan_in_past"
    sentence = _("Prices cannot change the past. Choose a moment from now on.")


class PlanMomentTaken(Refusal):
    code = "plan_moment_taken"
    sentence = _("Other prices begin at that moment already. Choose another moment.")


class BadYear(Refusal):
    code = "bad_year"
    sentence = _("People are counted for a calendar year that is over.")


class TelephoneSettingsChanged(Refusal):
    code = "telephone_settings_changed"
    sentence = _("Somebody changed these settings meanwhile. Look at them once more; nothing of yours was saved.")


class NoRecording(Refusal):
    """Absent, another place's, privileged and purged look alike."""

    code = "no_recording"
    sentence = _("There is no recording of this call that can be played.")


class RecordingQuarantined(Refusal):
    """M13: the number became privileged after the call."""

    code = "recording_quarantined"
    sentence = _("This number is privileged by now. The recording is played only under a legal hold.")


class RecordingBroken(Refusal):
    code = "recording_broken"
    sentence = _("The file is not what was recorded: its digest differs. It is not played. Tell the operator.")


class NotToBeRecorded(Refusal):
    """REC1, REC3, TEL-7: of a hotline, a privileged or unaccepted call, or one that nobody let record."""

    code = "not_to_be_recorded"
    sentence = _("This call is not recorded.")


class RecordingHeld(Refusal):
    code = "recording_held"
    sentence = _("This recording is held already.")


class RecordingNotHeld(Refusal):
    code = "recording_not_held"
    sentence = _("This recording is not held.")
