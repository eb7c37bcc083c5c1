"""STF-1: what is not listed is denied; a grant is per facility and dated."""

from datetime import timedelta

import pytest

from kinline.identity import services as identity
from kinline.identity.models import Role
from kinline.identity.permissions import TABLE, NotPermitted, Permission, may, require


def test_every_role_is_in_the_table():
    assert set(TABLE) == set(Role)


def test_every_permission_is_somebodys():
    assert set().union(*TABLE.values()) == set(Permission)


@pytest.mark.parametrize("role", [Role.MAILROOM, Role.FINANCE, Role.AUDITOR, Role.OMBUDSPERSON])
def test_who_never_reads_what_waits(role):
    assert not TABLE[role] & {Permission.READ_REVIEW, Permission.DECIDE_REVIEW}


def test_a_grant_is_for_one_facility(officer, north, south, now):
    assert may(officer, north.pk, Permission.DECIDE_REVIEW, now)
    assert not may(officer, south.pk, Permission.DECIDE_REVIEW, now)
    assert not may(officer, north.pk, Permission.DECIDE_APPEAL, now)
    with pytest.raises(NotPermitted):
        require(officer, south.pk, Permission.DECIDE_REVIEW, now)


def test_a_grant_is_dated(officer, north, now, long_ago):
    soon = now + timedelta(days=1)
    identity.grant_role(user_id=officer.pk, facility_id=north.pk, role=Role.FINANCE, now=now, ends_at=soon)
    may_at = [may(officer, north.pk, Permission.READ_MONEY, at) for at in (long_ago, now, soon)]
    assert may_at == [False, True, False]


def test_the_same_grant_again_is_the_same(officer, north, now):
    grants = [
        identity.grant_role(user_id=officer.pk, facility_id=north.pk, role=Role.REVIEWER, now=now) for _ in range(2)
    ]
    assert grants[0].pk == grants[1].pk
    assert officer.roles.count() == 1


def test_family_members_hold_no_roles(mother, north, now):
    with pytest.raises(type(mother).DoesNotExist):
        identity.grant_role(user_id=mother.pk, facility_id=north.pk, role=Role.AGENCY_ADMIN, now=now)
    assert not may(mother, north.pk, Permission.READ_AUDIT, now)


def test_a_closed_staff_account_may_nothing(officer, north, now):
    officer.closed_at = now
    assert not may(officer, north.pk, Permission.DECIDE_REVIEW, now)
