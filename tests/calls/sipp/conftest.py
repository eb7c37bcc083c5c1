"""Evenings of calls, each played when the first test of it asks, in a database of its own."""

import os
import shutil

import pytest

from kinline.ops.testing import TELEPHONES
from tests.calls.sipp.evenings import EVENINGS
from tests.calls.sipp.stage import Spoken, Stage
from tests.races.conftest import cloned

Rows = set[tuple[str, str]]  # evening, scene


class Play:
    """`play(evening)`: what came of each scene, by its name."""

    def __init__(self, folders: pytest.TempPathFactory, blocker: pytest.FixtureRequest, rows: Rows) -> None:
        self._folders, self._blocker, self._rows = folders, blocker, rows
        self._played: dict[str, dict[str, Spoken]] = {}
        self._broken: dict[str, Exception] = {}
        self.books: dict[str, list[str]] = {}

    @property
    def wanted(self) -> list[str]:
        """The evenings."""
        return sorted({name for name, _ in self._rows})

    def __call__(self, name: str) -> dict[str, Spoken]:
        if name in self._broken:
            pytest.fail(f"The calls could not be placed: {self._broken[name]}")
        if name not in self._played:
            _must_be_there(EVENINGS[name].media)
            try:
                self._played[name] = self._play(name)
            except Exception as problem:
                self._broken[name] = problem
                raise
        return self._played[name]

    def _play(self, name: str) -> dict[str, Spoken]:
        evening = EVENINGS[name]
        with self._blocker.unblock(), cloned():
            scenes = [one for one in evening.scenes if (name, one.name) in self._rows]
            stage = Stage(evening.media, self._folders.mktemp(name), scenes, dies=evening.dies, floods=evening.floods)
            played = stage.play()
            self.books[name] = stage.books()
        return played


def _must_be_there(media: str) -> None:
    needed = ("sipp", "rtpengine") if media == "rtpengine" else ("sipp",)
    missing = [TELEPHONES[name] for name in needed if shutil.which(name) is None]
    if missing:
        pytest.skip(f"Needs Debian's {' and '.join(missing)}.")
    if os.geteuid() != 0:
        pytest.skip("SIPp speaks through raw sockets: only root may.")


@pytest.fixture(scope="session")
def db(django_db_setup: None) -> None:
    """What asks for this name gets the tables made; the calls have a clone of them."""


@pytest.fixture(scope="session")
def play(
    request: pytest.FixtureRequest,
    db: None,
    django_db_blocker: pytest.FixtureRequest,
    tmp_path_factory: pytest.TempPathFactory,
) -> Play:
    """Only what the tests of this run ask for."""
    asked = [
        one.callspec.params["spoken"] for one in request.session.items if "spoken" in getattr(one, "fixturenames", ())
    ]
    rows = {
        (evening, name)
        for evening, scene in asked
        for name in (scene.name, scene.with_id_of, scene.with_number_of, scene.twin)
    }
    return Play(tmp_path_factory, django_db_blocker, rows)
