"""Which permission opens which page: one table (STF-1). An address that is not in it is closed to everybody."""

from dataclasses import dataclass
from typing import Literal

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from kinline.identity.permissions import Permission

Menu = Literal["", "main", "review", "people", "money", "requests", "calls", "numbers", "rules", "record", "figures"]


@dataclass(frozen=True, slots=True)
class Group:
    """Several pages under one entry of the navigation, with a bar of their own. `below`: where its addresses begin."""

    label: str | Promise
    below: tuple[str, ...]


GROUPS: dict[Menu, Group] = {
    "review": Group(_("Review"), ("/staff/review/", "/staff/appeals/", "/staff/deadlines/")),
    "people": Group(
        _("People"),
        (
            "/staff/people/",
            "/staff/contacts/",
            "/staff/restrictions/",
            "/staff/privileged/",
            "/staff/units/",
            "/staff/settings/",
            "/staff/kiosks/",
            "/staff/team/",
        ),
    ),
    "money": Group(_("Money"), ("/staff/money/",)),
    "requests": Group(_("Requests"), ("/staff/requests/", "/staff/broadcast/", "/staff/turns/")),
    "calls": Group(
        _("Calls"),
        (
            "/staff/calls/",
            "/staff/recordings/",
            "/staff/lines/",
            "/staff/telephones/",
            "/staff/rates/",
            "/staff/switches/",
        ),
    ),
    "numbers": Group(_("Numbers"), ("/staff/numbers/", "/staff/limits/")),
    "rules": Group(_("Rules"), ("/staff/rules/", "/staff/words/", "/staff/reasons/", "/staff/emergency/")),
    "record": Group(_("Record"), ("/staff/search/", "/staff/audit/", "/staff/retention/")),
    "figures": Group(_("Figures"), ("/staff/figures/", "/staff/reports/")),
}


@dataclass(frozen=True, slots=True)
class Entry:
    """`permission`: at the place where one works now; None: whoever has any role there.

    `fresh`: a POST needs a password or a passkey of the last ten minutes. `label`, `menu`, `key`: how the navigation
    shows it.
    """

    permission: Permission | None
    label: str | Promise = ""
    menu: Menu = ""
    key: str = ""
    fresh: bool = False


# Before anybody is signed in; none of them says whether an account exists.
DOORS = frozenset(
    {"staff_login", "staff_code", "staff_setup", "staff_setup_qr", "staff_passkey_door", "staff_invitation"}
)

TABLE: dict[str, Entry] = {
    # Of everybody who is signed in, also with a locked session
    "staff": Entry(None, _("Home"), "main", "h"),
    "staff_place": Entry(None),
    "staff_confirm": Entry(None),
    # One's own sign-in (ACC-7)
    "staff_account": Entry(None, fresh=True),
    "staff_account_password": Entry(None),
    "staff_account_app": Entry(None, fresh=True),
    "staff_account_app_qr": Entry(None),
    "staff_account_passkey": Entry(None, fresh=True),
    "staff_passkey_own": Entry(None),
    # Review and appeals (DEL-4 to DEL-6)
    "staff_review": Entry(Permission.DECIDE_REVIEW, _("Letters"), "review", "r"),
    "staff_review_next": Entry(Permission.DECIDE_REVIEW),
    "staff_review_approve": Entry(Permission.DECIDE_REVIEW),
    "staff_review_withdraw": Entry(Permission.DECIDE_REVIEW),
    "staff_review_letter": Entry(Permission.DECIDE_REVIEW),
    "staff_review_conversation": Entry(Permission.READ_REVIEW),
    "staff_appeals": Entry(Permission.DECIDE_APPEAL, _("Appeals"), "review", "e"),
    "staff_appeal": Entry(Permission.DECIDE_APPEAL),
    "staff_appeal_withdraw": Entry(Permission.DECIDE_APPEAL),
    "staff_deadlines": Entry(Permission.EDIT_FACILITY, _("Deadlines"), "review", "3"),
    # Photos of held letters (MSG-9)
    "staff_review_photo": Entry(Permission.READ_REVIEW),
    "staff_review_photo_small": Entry(Permission.READ_REVIEW),
    # Letters on paper (MSG-10)
    "staff_print": Entry(Permission.PRINT_MAIL, _("Paper"), "main", "b"),
    "staff_print_document": Entry(Permission.PRINT_MAIL),
    "staff_print_batch": Entry(Permission.PRINT_MAIL),
    # People: STF-1, STF-2, CON-2, CON-3, KSK-1
    "staff_roster": Entry(Permission.READ_ROSTER, _("Roster"), "people", "o"),
    "staff_resident_new": Entry(Permission.EDIT_ROSTER),
    "staff_roster_import": Entry(Permission.EDIT_ROSTER),
    "staff_resident": Entry(Permission.READ_ROSTER),
    "staff_resident_correct": Entry(Permission.EDIT_ROSTER),
    "staff_resident_place": Entry(Permission.EDIT_ROSTER),
    "staff_resident_pin": Entry(Permission.RESET_PIN, fresh=True),
    "staff_resident_name": Entry(Permission.DECIDE_NUMBERS),
    "staff_resident_name_sound": Entry(Permission.DECIDE_NUMBERS),
    "staff_contacts": Entry(Permission.DECIDE_CONTACT, _("Contacts"), "people", "c"),
    "staff_contact": Entry(Permission.DECIDE_CONTACT),
    "staff_restrictions": Entry(Permission.RESTRICT, _("Restrictions"), "people", "z"),
    "staff_restriction_new": Entry(Permission.RESTRICT),
    "staff_restriction": Entry(Permission.RESTRICT),
    # CON-5: who writes in confidence is verified here, and read nowhere (DEL-7)
    "staff_privileged": Entry(Permission.VERIFY_PRIVILEGED, _("Privileged"), "people"),
    "staff_privileged_one": Entry(Permission.VERIFY_PRIVILEGED, fresh=True),
    "staff_units": Entry(Permission.EDIT_FACILITY, _("Units"), "people"),
    "staff_unit": Entry(Permission.EDIT_FACILITY),
    "staff_settings": Entry(Permission.EDIT_FACILITY, _("Settings"), "people", fresh=True),
    "staff_kiosks": Entry(Permission.MANAGE_KIOSKS, _("Kiosks"), "people", "k"),
    "staff_kiosk": Entry(Permission.MANAGE_KIOSKS),
    "staff_team": Entry(Permission.READ_TEAM, _("Team"), "people", "t"),
    "staff_invite": Entry(Permission.GRANT_ROLES, fresh=True),
    "staff_member": Entry(Permission.READ_TEAM),
    "staff_member_change": Entry(Permission.GRANT_ROLES, fresh=True),
    # Money (MON-3 to MON-9)
    "staff_money": Entry(Permission.READ_MONEY, _("In and out"), "money", "m"),
    "staff_money_chart": Entry(Permission.READ_MONEY),
    "staff_export": Entry(Permission.READ_MONEY),
    "staff_deposit": Entry(Permission.RECORD_DEPOSIT, _("Take money"), "money", "d"),
    "staff_deposit_record": Entry(Permission.RECORD_DEPOSIT),
    "staff_receipt": Entry(Permission.READ_MONEY),
    "staff_import": Entry(Permission.RECORD_DEPOSIT, _("Take in a file"), "money", "f"),
    "staff_payouts": Entry(Permission.READ_MONEY, _("Pay-outs"), "money", "p"),
    "staff_payouts_file": Entry(Permission.READ_MONEY),
    "staff_payout": Entry(Permission.SETTLE_REFUNDS, fresh=True),
    "staff_unclaimed": Entry(Permission.READ_MONEY, _("Unclaimed"), "money", "u"),
    "staff_differences": Entry(Permission.READ_MONEY, _("Differences"), "money", "x"),
    "staff_difference": Entry(Permission.SETTLE_REFUNDS),
    "staff_agency": Entry(Permission.READ_MONEY, _("Agency pays"), "money", "a", fresh=True),
    # Calls (TEL-9): those that go on, the record, closed lines
    "staff_calls": Entry(Permission.READ_CALLS, _("Calls now"), "calls", "4"),
    "staff_call_search": Entry(Permission.READ_CALLS, _("Search calls"), "calls", "5"),
    "staff_call_found": Entry(Permission.READ_CALLS),
    "staff_call_file": Entry(Permission.READ_CALLS),
    "staff_call": Entry(Permission.READ_CALLS),
    "staff_call_which": Entry(Permission.CORRECT_CALLS, _("Give back"), "calls"),
    "staff_call_correct": Entry(Permission.CORRECT_CALLS, fresh=True),
    "staff_call_end": Entry(Permission.END_CALLS),
    "staff_lines": Entry(Permission.STOP_LINES, _("Close lines"), "calls", "9", fresh=True),
    # Recordings (REC1 to REC5, M12, M13)
    "staff_recordings": Entry(Permission.PLAY_RECORDINGS, _("Recordings"), "calls"),
    "staff_recording": Entry(Permission.PLAY_RECORDINGS, fresh=True),
    "staff_recording_sound": Entry(Permission.PLAY_RECORDINGS),
    # What calls cost, and with what they are placed (TEL-1, TEL-5, TEL-10, STF-2)
    "staff_rates": Entry(Permission.READ_RATES, _("Prices of calls"), "calls"),
    "staff_rates_new": Entry(Permission.EDIT_PRICES, fresh=True),
    "staff_rates_people": Entry(Permission.EDIT_PRICES, fresh=True),
    "staff_telephones": Entry(Permission.MANAGE_TELEPHONES, _("Telephones"), "calls", "7", fresh=True),
    "staff_telephone": Entry(Permission.MANAGE_TELEPHONES, fresh=True),
    "staff_switches": Entry(Permission.MANAGE_SWITCHES, _("Switches"), "calls", fresh=True),
    "staff_switch": Entry(Permission.MANAGE_SWITCHES, fresh=True),
    "staff_call_settings": Entry(Permission.EDIT_FACILITY, _("How we telephone"), "calls", fresh=True),
    # Telephone numbers: asked for, known, blocked, free, limited; and whose they are (TEL-7 to TEL-9, T4, T8, T10, M12)
    "staff_call_numbers": Entry(Permission.READ_NUMBERS, pgettext_lazy("numbers", "Asked for"), "numbers", "8"),
    "staff_call_number": Entry(Permission.READ_NUMBERS),
    "staff_known_numbers": Entry(Permission.READ_NUMBERS, pgettext_lazy("numbers", "Known"), "numbers"),
    "staff_known_number": Entry(Permission.READ_NUMBERS, fresh=True),
    "staff_number_blocks": Entry(Permission.READ_NUMBERS, pgettext_lazy("numbers", "Blocked"), "numbers"),
    "staff_number_block": Entry(Permission.READ_NUMBERS),
    "staff_hotlines": Entry(Permission.LIMIT_CALLS, _("Hotlines"), "numbers", fresh=True),
    "staff_limits": Entry(Permission.READ_NUMBERS, _("Limits"), "numbers", "6"),
    "staff_limit_new": Entry(Permission.LIMIT_CALLS),
    "staff_limit": Entry(Permission.LIMIT_CALLS),
    "staff_limit_try": Entry(Permission.READ_NUMBERS),
    "staff_numbers": Entry(Permission.CONFIRM_NUMBERS, _("Whose a number is"), "numbers", "n", fresh=True),
    # Rules and word lists (DEL-1, DEL-2, STF-6)
    "staff_rules": Entry(Permission.READ_RULES, _("Delivery rules"), "rules", "i"),
    "staff_rules_draft": Entry(Permission.EDIT_RULES),
    "staff_rule_new": Entry(Permission.EDIT_RULES),
    "staff_rule": Entry(Permission.EDIT_RULES),
    "staff_rules_try": Entry(Permission.READ_RULES, _("Try the rules"), "rules"),
    "staff_rules_history": Entry(Permission.READ_RULES, _("History"), "rules"),
    "staff_rules_version": Entry(Permission.READ_RULES),
    "staff_words": Entry(Permission.READ_RULES, _("Word lists"), "rules", "w"),
    "staff_word_list_new": Entry(Permission.EDIT_LISTS),
    "staff_word_list": Entry(Permission.READ_RULES),
    "staff_word_list_edit": Entry(Permission.EDIT_LISTS),
    "staff_word_file": Entry(Permission.EDIT_LISTS),
    "staff_reasons": Entry(Permission.EDIT_RULES, _("Reasons"), "rules"),  # DEL-5, M9
    # The record (STF-3, STF-4, MSG-8)
    "staff_search": Entry(Permission.SEARCH_RECORD, _("Search"), "record", "s"),
    "staff_search_found": Entry(Permission.SEARCH_RECORD),
    "staff_search_letter": Entry(Permission.SEARCH_RECORD),
    "staff_audit": Entry(Permission.READ_AUDIT, _("Audit log"), "record", "l"),
    "staff_audit_week": Entry(Permission.READ_AUDIT, _("Week of the log"), "record"),
    "staff_audit_file": Entry(Permission.READ_AUDIT),
    "staff_retention": Entry(Permission.READ_RECORD, _("Keeping letters"), "record", "j", fresh=True),
    "staff_certificate": Entry(Permission.READ_RECORD),
    # Figures and reports: STF-5, STF-7
    "staff_figures": Entry(Permission.READ_STATISTICS, _("Dashboard"), "figures", "1"),
    "staff_figures_chart": Entry(Permission.READ_STATISTICS),
    "staff_figures_file": Entry(Permission.READ_STATISTICS),
    "staff_reports": Entry(Permission.READ_STATISTICS, _("Reports"), "figures", "2"),
    "staff_report_keys": Entry(Permission.GRANT_ROLES, fresh=True),
    "staff_report_decisions": Entry(Permission.READ_DECISIONS),
    "staff_report_decisions_file": Entry(Permission.READ_DECISIONS),
    "staff_report_contacts": Entry(Permission.READ_RECORD),
    "staff_report_contacts_file": Entry(Permission.READ_RECORD),
    "staff_report_several": Entry(Permission.READ_RECORD),
    "staff_report_several_file": Entry(Permission.READ_RECORD),
    "staff_report_stopped": Entry(Permission.READ_RECORD),
    "staff_report_stopped_file": Entry(Permission.READ_RECORD),
    "staff_report_moves": Entry(Permission.READ_ROSTER),
    "staff_report_moves_file": Entry(Permission.READ_ROSTER),
    "staff_report_tries": Entry(Permission.READ_STATISTICS),
    "staff_report_tries_file": Entry(Permission.READ_STATISTICS),
    "staff_report_acts": Entry(Permission.READ_AUDIT),
    "staff_report_acts_file": Entry(Permission.READ_AUDIT),
    "staff_report_unclaimed": Entry(Permission.READ_MONEY),
    "staff_report_unclaimed_file": Entry(Permission.READ_MONEY),
    # Of calls: TEL-9, F31
    "staff_report_calls": Entry(Permission.READ_STATISTICS),
    "staff_report_calls_file": Entry(Permission.READ_STATISTICS),
    "staff_report_call-hours": Entry(Permission.READ_STATISTICS),
    "staff_report_call-hours_file": Entry(Permission.READ_STATISTICS),
    "staff_report_call-telephones": Entry(Permission.READ_STATISTICS),
    "staff_report_call-telephones_file": Entry(Permission.READ_STATISTICS),
    "staff_report_call-results": Entry(Permission.READ_STATISTICS),
    "staff_report_call-results_file": Entry(Permission.READ_STATISTICS),
    "staff_report_call-strangers": Entry(Permission.READ_STATISTICS),
    "staff_report_call-strangers_file": Entry(Permission.READ_STATISTICS),
    "staff_report_complaints": Entry(Permission.READ_STATISTICS),
    "staff_report_complaints_file": Entry(Permission.READ_STATISTICS),
    "staff_report_call-money": Entry(Permission.READ_RATES),
    "staff_report_call-money_file": Entry(Permission.READ_RATES),
    "staff_report_fcc": Entry(Permission.READ_RATES),
    "staff_report_fcc_file": Entry(Permission.READ_RATES),
    "staff_report_numbers": Entry(Permission.READ_CALLS),
    "staff_report_numbers_file": Entry(Permission.READ_CALLS),
    "staff_report_callers": Entry(Permission.READ_CALLS),
    "staff_report_callers_file": Entry(Permission.READ_CALLS),
    "staff_report_call-signs": Entry(Permission.READ_CALLS),
    "staff_report_call-signs_file": Entry(Permission.READ_CALLS),
    "staff_report_blocked-numbers": Entry(Permission.READ_CALLS),
    "staff_report_blocked-numbers_file": Entry(Permission.READ_CALLS),
    # What residents file, and its forms (KSK-5)
    "staff_requests": Entry(Permission.ANSWER_REQUESTS, _("Requests"), "requests", "q"),
    "staff_request": Entry(Permission.ANSWER_REQUESTS),
    "staff_request_forms": Entry(Permission.EDIT_FORMS, _("Forms"), "requests"),
    "staff_reporting": Entry(Permission.EDIT_FORMS),  # REC2
    "staff_request_form_new": Entry(Permission.EDIT_FORMS),
    "staff_request_form": Entry(Permission.EDIT_FORMS),
    "staff_request_form_retire": Entry(Permission.EDIT_FORMS),
    "staff_turns": Entry(Permission.MANAGE_KIOSKS, _("Turns"), "requests"),  # KSK-4
    # What everybody is told, and the emergency switch (STF-8)
    "staff_broadcast": Entry(Permission.BROADCAST, _("Tell everybody"), "requests", "y"),
    "staff_broadcast_withdraw": Entry(Permission.BROADCAST),
    "staff_emergency": Entry(Permission.STOP_LETTERS, _("Stop letters"), "rules", "v", fresh=True),
}
# Signed in is enough, whatever roles are left: how one leaves, unlocks, and chooses a language.
ALWAYS = frozenset({"staff_unlock", "staff_passkey_again", "staff_sign_out", "staff_language"})
