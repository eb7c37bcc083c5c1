"""What each staff role may do: one enum, one table. What is not listed is denied (STF-1)."""

from datetime import datetime
from enum import StrEnum

from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from kinline.core.errors import Refusal
from kinline.identity.models import Kind, Role, StaffRole, User


class Permission(StrEnum):
    PRINT_MAIL = "print_mail"
    READ_REVIEW = "read_review"
    DECIDE_REVIEW = "decide_review"
    TAKE_OVER_REVIEW = "take_over_review"
    INVESTIGATE = "investigate"
    WITHHOLD_NOTICE = "withhold_notice"
    DECIDE_APPEAL = "decide_appeal"
    DECIDE_CONTACT = "decide_contact"
    RESTRICT = "restrict"
    VERIFY_PRIVILEGED = "verify_privileged"
    EDIT_ROSTER = "edit_roster"
    READ_ROSTER = "read_roster"
    RESET_PIN = "reset_pin"
    READ_RULES = "read_rules"
    EDIT_RULES = "edit_rules"
    EDIT_LISTS = "edit_lists"
    MANAGE_KIOSKS = "manage_kiosks"
    RECORD_DEPOSIT = "record_deposit"
    READ_MONEY = "read_money"
    SETTLE_REFUNDS = "settle_refunds"
    CONFIRM_NUMBERS = "confirm_numbers"
    EDIT_PRICES = "edit_prices"
    EDIT_FACILITY = "edit_facility"
    GRANT_ROLES = "grant_roles"
    READ_TEAM = "read_team"
    READ_AUDIT = "read_audit"
    READ_RECORD = "read_record"
    HOLD_RECORD = "hold_record"
    SET_RETENTION = "set_retention"
    SEARCH_RECORD = "search_record"
    READ_STATISTICS = "read_statistics"
    READ_DECISIONS = "read_decisions"
    ANSWER_REQUESTS = "answer_requests"
    DECIDE_GRIEVANCES = "decide_grievances"
    EDIT_FORMS = "edit_forms"
    BROADCAST = "broadcast"
    STOP_LETTERS = "stop_letters"
    READ_CALLS = "read_calls"
    CORRECT_CALLS = "correct_calls"
    END_CALLS = "end_calls"
    STOP_LINES = "stop_lines"
    PLAY_RECORDINGS = "play_recordings"
    MANAGE_TELEPHONES = "manage_telephones"
    MANAGE_SWITCHES = "manage_switches"
    READ_RATES = "read_rates"
    READ_NUMBERS = "read_numbers"
    DECIDE_NUMBERS = "decide_numbers"
    KEEP_NUMBERS = "keep_numbers"
    LIMIT_CALLS = "limit_calls"


P = Permission
_REVIEWER = frozenset(
    {
        P.READ_REVIEW,
        P.DECIDE_REVIEW,
        P.DECIDE_CONTACT,
        P.READ_ROSTER,
        P.READ_STATISTICS,
        P.ANSWER_REQUESTS,
        P.READ_NUMBERS,
        P.DECIDE_NUMBERS,
    }
)
_SUPERVISOR = _REVIEWER | {
    P.TAKE_OVER_REVIEW,
    P.INVESTIGATE,
    P.WITHHOLD_NOTICE,
    P.READ_RULES,
    P.EDIT_LISTS,
    P.DECIDE_APPEAL,
    P.RESTRICT,
    P.VERIFY_PRIVILEGED,
    P.RESET_PIN,
    P.READ_AUDIT,
    P.READ_RECORD,
    P.HOLD_RECORD,
    P.SEARCH_RECORD,
    P.READ_DECISIONS,
    P.DECIDE_GRIEVANCES,
    P.BROADCAST,
    P.STOP_LETTERS,
    P.READ_CALLS,
    P.END_CALLS,
    P.STOP_LINES,
    P.PLAY_RECORDINGS,
    P.KEEP_NUMBERS,
}
_FACILITY_ADMIN = _SUPERVISOR | {
    P.PRINT_MAIL,
    P.EDIT_ROSTER,
    P.EDIT_RULES,
    P.MANAGE_KIOSKS,
    P.RECORD_DEPOSIT,
    P.READ_MONEY,
    P.SETTLE_REFUNDS,
    P.CORRECT_CALLS,
    P.CONFIRM_NUMBERS,
    P.EDIT_FACILITY,
    P.GRANT_ROLES,
    P.READ_TEAM,
    P.SET_RETENTION,
    P.EDIT_FORMS,
    P.MANAGE_TELEPHONES,
    P.READ_RATES,
    P.LIMIT_CALLS,
}

TABLE: dict[Role, frozenset[Permission]] = {
    Role.MAILROOM: frozenset({P.PRINT_MAIL}),
    Role.REVIEWER: _REVIEWER,
    Role.SUPERVISOR: _SUPERVISOR,
    Role.INVESTIGATOR: frozenset(
        {
            P.READ_REVIEW,
            P.DECIDE_REVIEW,
            P.READ_ROSTER,
            P.INVESTIGATE,
            P.READ_RULES,
            P.EDIT_LISTS,
            P.RESTRICT,
            P.READ_RECORD,
            P.HOLD_RECORD,
            P.SEARCH_RECORD,
            P.READ_STATISTICS,
            P.READ_CALLS,
            P.END_CALLS,
            P.PLAY_RECORDINGS,
            P.READ_NUMBERS,
            P.KEEP_NUMBERS,
        }
    ),
    Role.FINANCE: frozenset(
        {
            P.RECORD_DEPOSIT,
            P.READ_MONEY,
            P.SETTLE_REFUNDS,
            P.CORRECT_CALLS,
            P.CONFIRM_NUMBERS,
            P.READ_STATISTICS,
            P.READ_RATES,
        }
    ),
    Role.FACILITY_ADMIN: _FACILITY_ADMIN,
    Role.AGENCY_ADMIN: _FACILITY_ADMIN | {P.EDIT_PRICES, P.MANAGE_SWITCHES},
    Role.AUDITOR: frozenset(
        {
            P.READ_ROSTER,
            P.READ_TEAM,
            P.READ_RULES,
            P.READ_AUDIT,
            P.READ_RECORD,
            P.READ_MONEY,
            P.READ_STATISTICS,
            P.READ_DECISIONS,
            P.READ_CALLS,
            P.READ_RATES,
            P.READ_NUMBERS,
        }
    ),
    Role.OMBUDSPERSON: frozenset({P.READ_STATISTICS, P.READ_DECISIONS}),
}

# Who gives which role. What is not listed gives none.
GRANTS: dict[Role, frozenset[Role]] = {
    Role.FACILITY_ADMIN: frozenset(Role) - {Role.AGENCY_ADMIN},
    Role.AGENCY_ADMIN: frozenset(Role),
}


class NotPermitted(Refusal):
    code = "not_permitted"
    sentence = _("Your role does not allow this here.")


def may(user: User, facility_id: int, permission: Permission, now: datetime) -> bool:
    """Whether `user` holds a role at this facility, at this moment, that lists `permission`."""
    if not _works(user):
        return False
    return any(permission in TABLE.get(Role(role), frozenset()) for role in roles_at(user.pk, facility_id, now))


def _works(user: User) -> bool:
    return (
        user.kind == Kind.STAFF
        and user.activated_at is not None
        and user.closed_at is None
        and user.stopped_at is None  # C6
    )


def require(user: User, facility_id: int, permission: Permission, now: datetime) -> None:
    """Raises NotPermitted unless `may`."""
    if not may(user, facility_id, permission, now):
        raise NotPermitted


def roles_at(user_id: int, facility_id: int, now: datetime) -> list[str]:
    grants = StaffRole.objects.filter(user_id=user_id, facility_id=facility_id, starts_at__lte=now)
    return list(grants.filter(Q(ends_at=None) | Q(ends_at__gt=now)).values_list("role", flat=True))


def places_of(user: User, now: datetime) -> dict[int, frozenset[Permission]]:
    """Where the person has a role at this moment, by facility id, and what they may do there. Empty: nowhere."""
    if not _works(user):
        return {}
    grants = StaffRole.objects.filter(user_id=user.pk, starts_at__lte=now).filter(Q(ends_at=None) | Q(ends_at__gt=now))
    found: dict[int, frozenset[Permission]] = {}
    for facility_id, role in grants.values_list("facility_id", "role"):
        found[facility_id] = found.get(facility_id, frozenset()) | TABLE.get(Role(role), frozenset())
    return found


def open_grants(user_id: int, now: datetime) -> list[tuple[int, Role]]:
    """(facility, role) that somebody has, or will have, whether or not they can sign in yet."""
    grants = StaffRole.objects.filter(Q(ends_at=None) | Q(ends_at__gt=now), user_id=user_id)
    return [(facility_id, Role(role)) for facility_id, role in grants.values_list("facility_id", "role")]


def grantable(staff: User, facility_id: int, now: datetime) -> frozenset[Role]:
    """The roles that somebody may give and take at a place at this moment: none that is above their own (STF-1)."""
    if not may(staff, facility_id, Permission.GRANT_ROLES, now):
        return frozenset()
    mine = roles_at(staff.pk, facility_id, now)
    return frozenset[Role]().union(*(GRANTS.get(Role(role), frozenset()) for role in mine))


def holders(facility_id: int, permission: Permission, now: datetime) -> list[User]:
    """Who may do this at a place at this moment, by name of account: whom an alert is for."""
    roles = [role for role, listed in TABLE.items() if permission in listed]
    grants = StaffRole.objects.filter(facility_id=facility_id, role__in=roles, starts_at__lte=now)
    ids = grants.filter(Q(ends_at=None) | Q(ends_at__gt=now)).values("user_id")
    people = User.objects.filter(
        pk__in=ids, kind=Kind.STAFF, activated_at__isnull=False, closed_at=None, stopped_at=None
    )
    return list(people.order_by("username"))
