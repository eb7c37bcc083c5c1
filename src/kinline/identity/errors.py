"""Refusals of identity. None of them says whether an account exists (ACC-3)."""

from django.utils.translation import gettext_lazy as _

from kinline.core.errors import Refusal


class UsernameTaken(Refusal):
    code = "username_taken"
    sentence = _("Somebody has this username already. Please choose another.")


class EmailTaken(Refusal):
    code = "email_taken"
    sentence = _("This email address belongs to an active account already. Log in with that one.")


class WrongLogin(Refusal):
    code = "wrong_login"
    sentence = _("The username or email and the password do not fit together. Check both and try again.")


class LoginPaused(Refusal):
    code = "login_paused"
    sentence = _(
        "Too many wrong tries. To keep the account safe, logging in is paused until %(until)s. "
        "If you forgot your password, choose a new one: that ends the pause."
    )


class AddressPaused(Refusal):
    code = "address_paused"
    sentence = _(
        "Too many wrong tries for several accounts came from your internet connection. "
        "Logging in from it is paused until %(until)s."
    )


class WrongCode(Refusal):
    code = "wrong_code"
    sentence = _(
        "This code does not fit, or it can no longer be used. Check the newest email from us. "
        "After five wrong tries a code ends: then ask for a new one."
    )


class DeadLink(Refusal):
    code = "dead_link"
    sentence = _("This link was used already, or it is too old.")


class TooOften(Refusal):
    code = "too_often"
    sentence = _("That was tried too often in a short time. Please wait until %(until)s and try again.")


class WrongPassword(Refusal):
    code = "wrong_password"
    sentence = _("This is not your current password.")


class SameEmail(Refusal):
    code = "same_email"
    sentence = _("This is your email address already.")


class WrongStaffLogin(Refusal):
    code = "wrong_staff_login"
    sentence = _("The user name and the password do not fit together. Check both and try again.")


class StaffPaused(Refusal):
    code = "staff_paused"
    sentence = _("Too many wrong tries. To keep the account safe, signing in is paused until %(until)s.")


class StaffLocked(Refusal):
    """C3: until somebody opens it."""

    code = "staff_locked"
    sentence = _(
        "Too many wrong tries. To keep the account safe, this sign-in is locked until whoever manages staff accounts "
        "opens it again."
    )


class StaffStopped(Refusal):
    """C6. Said only to whoever knows the password."""

    code = "staff_stopped"
    sentence = _(
        "Nobody signed in here for 90 days, so this account is stopped. Ask whoever manages staff accounts to open it."
    )


class NotLocked(Refusal):
    code = "not_locked"
    sentence = _("This sign-in is neither locked nor stopped.")


class WrongPasskey(Refusal):
    code = "wrong_passkey"
    sentence = _("This passkey does not fit. Use one that you have added to this account, at this address.")


class NoPasskeySent(Refusal):
    """The button was pressed where the script does not run."""

    code = "no_passkey_sent"
    sentence = _("Your browser sent no passkey: it needs JavaScript for that. Use another way.")


class StaleChallenge(Refusal):
    code = "stale_challenge"
    sentence = _("That took longer than five minutes, or was sent twice. Please try once more.")


class CopiedPasskey(Refusal):
    code = "copied_passkey"
    sentence = _(
        "This passkey is stopped: its counter went back, as if somebody had copied it. "
        "Use another way to sign in, and tell whoever manages staff accounts."
    )


class KnownPasskey(Refusal):
    code = "known_passkey"
    sentence = _("This passkey is in use already. Take another device or key.")


class TooManyPasskeys(Refusal):
    code = "too_many_passkeys"
    sentence = _("You have %(most)s passkeys. Remove one first.")


class PasskeysImpossible(Refusal):
    code = "passkeys_impossible"
    sentence = _("Passkeys need an address that begins with https://. This site has none.")


class LastFactor(Refusal):
    code = "last_factor"
    sentence = _("This is your only second step. Set up another one before you take it away.")


class WrongFactor(Refusal):
    code = "wrong_factor"
    sentence = _("This code does not fit. Take the newest one from your app, and check the clock of your phone.")


class FactorUsed(Refusal):
    code = "factor_used"
    sentence = _("This code was used already. Wait until your app shows the next one.")


class GrantBackwards(Refusal):
    code = "grant_backwards"
    sentence = _("A role must end after it begins.")


class OwnRoles(Refusal):
    """STF-1: also not to take one away."""

    code = "own_roles"
    sentence = _("Nobody changes their own roles. Somebody else must do it.")


class NoFactor(Refusal):
    code = "no_factor"
    sentence = _("There is no second factor to reset.")


class TooManyReportKeys(Refusal):
    code = "too_many_report_keys"
    sentence = _("This facility has %(most)s keys that are open. End one first.")
