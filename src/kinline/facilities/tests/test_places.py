"""Places, prices, kiosks: what is set up and what is read."""

from datetime import timedelta

import pytest

from kinline.core.transaction import story
from kinline.facilities import queries, services
from kinline.facilities.errors import BadTimeZone, NameTaken, PriceInThePast, UnknownUnit
from kinline.facilities.models import Agency, Facility, Kiosk, MessagePrice


def test_a_price_is_a_dated_row(agency, now):
    services.set_price(agency_id=agency.pk, cents=75, effective_from=now + timedelta(days=1), now=now)
    services.set_price(agency_id=agency.pk, cents=0, effective_from=now + timedelta(days=2), now=now)
    prices = [queries.message_price_cents(agency.pk, now + timedelta(days=days)) for days in (0, 1, 2, 3)]
    assert prices == [50, 75, 0, 0]
    with pytest.raises(PriceInThePast):
        story(services.set_price)(agency_id=agency.pk, cents=1, effective_from=now - timedelta(seconds=1), now=now)
    assert MessagePrice.objects.count() == 3


def test_an_agency_that_set_no_price_has_the_usual_one(agency, now):
    MessagePrice.objects.all().delete()
    assert queries.message_price_cents(agency.pk, now) == 50
    assert [price.message_cents for price in queries.prices(now)] == [50]


def test_prices_by_agency(north, south, far, now):
    found = {price.agency_name: (price.message_cents, len(price.facilities)) for price in queries.prices(now)}
    assert found == {"Sample County": (50, 2), "Other Sample County": (50, 1)}


def test_names_are_taken_once(north, agency, now):
    with pytest.raises(NameTaken):
        story(services.create_agency)(name="X", slug=agency.slug, now=now)
    with pytest.raises(NameTaken):
        story(services.create_facility)(agency_id=agency.pk, name="X", slug=north.slug, region="NY", now=now)
    assert (Agency.objects.count(), Facility.objects.count()) == (1, 1)


@pytest.mark.parametrize("zone", ["", "Moon/Crater", "../etc/passwd", "\x00"])
def test_only_time_zones_that_exist(north, agency, now, zone):
    with pytest.raises(BadTimeZone):
        story(services.change_facility)(facility_id=north.pk, changes={"time_zone": zone})
    with pytest.raises(BadTimeZone):
        story(services.create_facility)(agency_id=agency.pk, name="X", slug="x", region="NY", now=now, time_zone=zone)
    assert Facility.objects.get().time_zone == "America/New_York"


def test_a_slug_and_an_agency_never_change(north):
    for column in ("slug", "agency_id"):
        with pytest.raises(ValueError, match="never changes"):
            story(services.change_facility)(facility_id=north.pk, changes={column: "x"})


def test_a_kiosk_from_enrolment_to_its_end(north, now):
    kiosk, token = services.enrol_kiosk(facility_id=north.pk, unit_id=north.units.get().pk, label="K", now=now)
    assert token.encode() not in bytes(kiosk.token_digest)
    found = queries.kiosk_by_token(token)
    assert (found.pk, found.facility.agency.slug, found.unit.name) == (kiosk.pk, "sample-county", "A")
    for wrong in ("", "x", token + "x", token[:-1], "\ud800"):
        assert queries.kiosk_by_token(wrong) is None
    assert services.disable_kiosk(kiosk_id=kiosk.pk, now=now)
    assert not services.disable_kiosk(kiosk_id=kiosk.pk, now=now)
    assert queries.kiosk_by_token(token) is None


def test_a_unit_of_another_place_takes_no_kiosk(north, south, now):
    with pytest.raises(UnknownUnit):
        story(services.enrol_kiosk)(facility_id=north.pk, unit_id=south.units.get().pk, label="K", now=now)
    assert not Kiosk.objects.exists()


def test_reasons_are_the_facilitys_own(north, south, now):
    assert {reason.code for reason in queries.reasons(north.pk)} == {"threat", "plan"}
    services.add_reason(facility_id=north.pk, code="threat", text="Worded anew.")
    assert queries.reason(north.pk, "threat").text == "Worded anew."
    assert queries.reason(south.pk, "threat").text == "It threatens somebody."
    assert queries.reason(north.pk, "mood") is None
    north.refusal_reasons.filter(code="plan").update(retired_at=now)
    assert queries.reason(north.pk, "plan") is None
