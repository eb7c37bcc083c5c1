"""An attorney in the sample: verified for one resident of the north jail, waiting to be verified for another."""

from datetime import datetime

from kinline.contacts import claims
from kinline.flows import contacts, privileged, set_up
from kinline.identity import queries as identity
from kinline.identity import services as identity_services
from kinline.ops.demo.calendar import OPENED_DAYS, ago
from kinline.ops.demo.people import FAMILY_PASSWORD, Cast
from kinline.ops.demo.places import Jail

COUNSEL = "sample.counsel"
VERIFIED, WAITS = "10009", "10011"


def make(jail: Jail, cast: Cast, now: datetime) -> None:
    """The south jail does not offer it: there the other way of M11 can be seen."""
    opened = ago(now, OPENED_DAYS, "08:00")
    set_up.change_facility(staff=None, facility_id=jail.north.pk, changes={"privileged_offered": True}, now=opened)
    user_id = _counsel(ago(now, 10, "10:00"))
    for number, days in ((VERIFIED, 9), (WAITS, 1)):
        at = ago(now, days, "10:30")
        contact_id = contacts.ask(user_id=user_id, resident_id=cast.parties[number].id, relation="attorney", now=at)
        if claims.of_person(user_id, contact_id):
            continue
        claim_id = privileged.ask(
            user_id=user_id, contact_id=contact_id, profession="attorney", organisation="Sample Public Defenders",
            bar_number="NY 0000000 (sample)", document="Bar card (sample)", now=at,
        )  # fmt: skip
        if number == VERIFIED:
            privileged.verify(staff=jail.staff["sample.supervisor"], claim_id=claim_id, now=ago(now, days, "15:00"))


def _counsel(joined: datetime) -> int:
    user = identity.by_identifier(COUNSEL) or identity_services.create_family_user(
        username=COUNSEL, email=f"{COUNSEL}@family.example", password=FAMILY_PASSWORD, first_name="Cora",
        last_name="Counsel-Sample", language="en", address_line1="2 Sample Street", city="Sampleton", region="NY",
        postal_code="10001", gender="unsaid", now=joined,
    )  # fmt: skip
    identity_services.accept_terms(user=user, terms=identity.current_terms(joined), address=None, now=joined)
    return user.pk
