"""Refusals about contacts."""

from django.utils.translation import gettext_lazy as _

from kinline.core.errors import Refusal


class NoSuchContact(Refusal):
    code = "no_such_contact"
    sentence = _("There is no such contact.")


class NotFoundHere(Refusal):
    code = "not_found_here"
    sentence = _("We do not find this person in custody here. We can tell you when they are.")


class NotOffered(Refusal):
    code = "not_offered"
    sentence = _("This facility does not offer electronic letters.")


class NothingToDecide(Refusal):
    code = "nothing_to_decide"
    sentence = _("This contact does not wait for that decision.")


class DecidedMeanwhile(Refusal):
    """CON-2: two of staff at one contact; the second has looked at something else."""

    code = "decided_meanwhile"
    sentence = _("Somebody else has decided this meanwhile. Look at it once more; nothing of yours was done.")


class ReasonNeeded(Refusal):
    code = "reason_needed"
    sentence = _("Please give a reason.")


class BadEmail(Refusal):
    code = "bad_email"
    sentence = _("That does not look like an email address.")


class TooManyInvitations(Refusal):
    code = "too_many_invitations"
    sentence = _("You have invited %(count)s people today. Please go on tomorrow.")


class TooManyWatches(Refusal):
    code = "too_many_watches"
    sentence = _("You already wait for %(count)s people. End one of these first.")


class WatchNeedsName(Refusal):
    code = "watch_needs_name"
    sentence = _("Please give a last name or an ID number.")


class BadPeriod(Refusal):
    code = "bad_period"
    sentence = _("A restriction must end after it begins.")


class PrivilegedNotOffered(Refusal):
    """DEL-7: where the class is not offered, privileged contacts are refused."""

    code = "privileged_not_offered"
    sentence = _("%(facility)s does not offer confidential letters. Use legal mail on paper or a visit.")


class PrivilegedAlready(Refusal):
    code = "privileged_already"
    sentence = _("This is asked for already, or letters between you are confidential already.")


class ClaimOver(Refusal):
    code = "claim_over"
    sentence = _("This has been decided or withdrawn meanwhile.")


class InvitationGone(Refusal):
    code = "invitation_gone"
    sentence = _("This invitation has been used or is too old.")


class OwnContact(Refusal):
    """STF-1: nobody decides about a contact of their own."""

    code = "own_contact"
    sentence = _("This is your own contact. Somebody else must decide.")
