"""Acts of the audit log in words. An act without words shows its code: nothing on record is hidden for lack of one."""

from collections.abc import Mapping
from typing import Any

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

_ACTS: Mapping[str, str | Promise] = {
    "sign_in": _("Signed in"),
    "sign_out": _("Signed out"),
    "sign_in.wrong_password": _("Wrong password"),
    "sign_in.wrong_code": _("Wrong code of the second factor"),
    "factor.set_up": _("Set up the second factor"),
    "factor.reset": _("Reset a second factor"),
    "factor.app": _("Set up another authenticator app"),
    "factor.app_removed": _("Removed the authenticator app"),
    "factor.passkey": _("Added a passkey"),
    "factor.passkey_removed": _("Removed a passkey"),
    "factor.passkey_copied": _("A copied passkey was refused and stopped"),
    "factor.codes": _("Made new recovery codes"),
    "sign_in.wrong_passkey": _("A passkey that does not fit"),
    "sign_in.locked": _("Locked after five wrong tries"),
    "sign_in.open": _("Opened a locked or stopped sign-in"),
    "staff.stop": _("Stopped an account unused for 90 days"),
    "account.password": _("Changed the password"),
    "account.end_session": _("Signed out another browser"),
    "account.end_sessions": _("Signed out all other browsers"),
    "message.send": _("Sent a letter"),
    "message.read": _("Read a letter"),
    "message.release": _("Let a letter through"),
    "message.refuse": _("Refused a letter"),
    "message.deliver": _("Letter delivered"),
    "message.take_back": _("Took a letter back"),
    "message.return": _("Letter returned"),
    "message.decline": _("Declined to pay for a letter"),
    "appeal.file": _("Filed an appeal"),
    "appeal.decide": _("Decided an appeal"),
    "contact.ask": _("Asked for a contact"),
    "contact.consent": _("Agreed to a contact"),
    "contact.decline": _("Declined a contact"),
    "contact.approve": _("Approved a contact"),
    "contact.deny": _("Denied a contact"),
    "contact.restrict": _("Restricted a contact"),
    "contact.unrestrict": _("Ended a restriction"),
    "custody.book": _("Booked a resident"),
    "custody.move": _("Moved a resident"),
    "custody.transfer": _("Transferred a resident"),
    "custody.release": _("Released a resident"),
    "pin.reset": _("Gave a new PIN"),
    "pin.unknown": _("PIN tried for a number nobody has here"),
    "roster.import": _("Took in a roster"),
    "privileged.ask": _("Asked for confidential letters"),
    "privileged.withdraw": _("Took back a claim of confidential letters"),
    "privileged.verify": _("Verified a privileged correspondent"),
    "privileged.end": _("Ended confidential letters, or did not verify them"),
    "privileged.look": _("Looked at the proof of a privileged correspondent"),
    "message.not_confidential": _("Wrote knowing that staff can read it"),
    "contact.look": _("Looked at a contact"),
    "custody.correct": _("Corrected a resident"),
    "unit.add": _("Added a housing unit"),
    "unit.rename": _("Renamed a housing unit"),
    "unit.remove": _("Removed a housing unit"),
    "kiosk.renew": _("Made a new address for a kiosk"),
    "staff.add": _("Added somebody of staff"),
    "staff.link": _("Sent a link for a password"),
    "staff.password": _("Chose a password by link"),
    "kiosk.enrol": _("Enrolled a kiosk"),
    "kiosk.disable": _("Switched a kiosk off"),
    "rules.set": _("Set the delivery rules"),
    "role.grant": _("Granted a role"),
    "role.end": _("Ended a role"),
    "facility.change": _("Changed a setting of the place"),
    "deposit.record": _("Took money in"),
    "deposit.import": _("Took in a file of deposits"),
    "pay_out.settle": _("Settled a pay-out"),
    "audit.week": _("Read a week of the audit log"),
    "audit.export": _("Exported the audit log"),
    "report.look": _("Read a report that names people"),
    "report.take": _("Took away a report that names people"),
    "report_key.make": _("Made a key of reports"),
    "report_key.end": _("Ended a key of reports"),
    "search.run": _("Searched the record"),
    "search.look": _("Looked at what a search found"),
    "search.save": _("Saved a search"),
    "retention.set": _("Set how long the record is kept"),
    "hold.place": _("Placed a legal hold"),
    "hold.lift": _("Lifted a legal hold"),
    "record.purge": _("Purged what was kept long enough"),
}


def act_in_words(act: str) -> str:
    return str(_ACTS.get(act, act))


def detail_in_words(detail: Mapping[str, Any]) -> str:
    """`reason=threat, rows=3`: codes and counts as they are kept."""
    return ", ".join(f"{name}={value}" for name, value in detail.items() if value not in (None, ""))
