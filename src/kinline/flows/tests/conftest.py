"""What tests of flows share beside the cast."""

import pytest

from kinline.flows.tests.refunding import Cards
from kinline.payments import processors


@pytest.fixture
def cards(monkeypatch: pytest.MonkeyPatch) -> Cards:
    """The processor's refunds, in memory."""
    found = Cards()
    monkeypatch.setattr(processors, "refund", found.refund)
    monkeypatch.setattr(processors, "refund_state", found.refund_state)
    return found
