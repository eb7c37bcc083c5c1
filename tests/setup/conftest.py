from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.setup.starting import Up


@pytest.fixture(scope="session")
def place(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A data directory that every test may start and leaves stopped."""
    return tmp_path_factory.mktemp("up") / "data"


@pytest.fixture
def up(place: Path) -> Iterator[Up]:
    running_up = Up(place).await_ready()
    yield running_up
    running_up.end()
