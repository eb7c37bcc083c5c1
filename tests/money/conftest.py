"""What the tests of money share: a card processor in memory, in the real one's place."""

from datetime import datetime

import pytest

from tests.money.processor import FakeProcessor


@pytest.fixture
def processor(monkeypatch: pytest.MonkeyPatch, now: datetime) -> FakeProcessor:
    return FakeProcessor(now=now).install(monkeypatch)
