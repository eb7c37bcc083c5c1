"""DEL-8: the public page says how often letters are not delivered and appeals are won; small numbers stay hidden."""

from datetime import timedelta
from uuid import uuid4

import pytest

from kinline.messaging.models import Appeal, Message, Review
from kinline.messaging.queries.fairness import Shares, shares

pytestmark = pytest.mark.django_db


@pytest.fixture
def decided(contact, officer, supervisor, now, north):
    """`decided(release=15, refuse=5)`: so many letters of the north, decided an hour ago, or `days` ago."""

    def made(*, release=0, refuse=0, days=0, withheld=0):
        at = now - timedelta(days=days, hours=1)
        reason = north.refusal_reasons.get(code="threat")
        found = []
        for n in range(release + refuse + withheld):
            no = n >= release
            message = Message.objects.create(
                contact=contact, sender="family", facility=north, length=5, state="refused" if no else "withdrawn",
                price_cents=0, payer="nobody", client_key=uuid4(), input_hash=b"x", sent_at=at,
            )  # fmt: skip
            found.append(Review.objects.create(
                message=message, facility=north, since=at, decision="refuse" if no else "release", decided_by=officer,
                decided_at=at, reason=reason if no else None, explanation="The second line." if no else "",
                withheld_by=supervisor if n >= release + refuse else None,
            ))  # fmt: skip
        return found

    return made


def appealed(reviews, supervisor, now, won):
    for n, review in enumerate(reviews):
        Appeal.objects.create(
            review=review, side="family", text="Again.", filed_at=now, due_on=now.date(), decided_by=supervisor,
            decided_at=now, outcome="won" if n < won else "lost", answer="Looked at again.",
        )  # fmt: skip


def test_below_twenty_nothing_is_said(decided, north, supervisor, now, client):
    appealed(decided(release=0, refuse=19), supervisor, now, won=19)
    assert shares(north.pk, now=now) == Shares(None, None)
    page = client.get(f"/facilities/{north.slug}/").content.decode()
    assert "too few for an honest share" in page
    assert "%" not in page.split('id="fair"')[1].split("</section>")[0]


def test_from_twenty_on_both_shares_are_public(decided, north, south, supervisor, now, client):
    decided(release=75)
    appealed(decided(refuse=25), supervisor, now, won=5)
    assert shares(north.pk, now=now) == Shares(25, 20)
    assert shares(south.pk, now=now) == Shares(None, None)
    page = client.get(f"/facilities/{north.slug}/").content.decode()
    part = page.split('id="fair"')[1].split("</section>")[0]
    assert "25 % were not delivered" in part
    assert "20 % were won" in part


def test_what_is_long_ago_or_withheld_does_not_count(decided, north, now):
    decided(release=20, refuse=20, days=31)
    decided(release=20, withheld=20)
    assert shares(north.pk, now=now).refused == 0
