"""One evening of calls for each media server, played when the first test of it asks, in a database of its own."""

import os
import shutil

import pytest

from kinline.ops.testing import TELEPHONES
from tests.calls.sipp.scenes import DYING, KILLED, SCENES
from tests.calls.sipp.stage import Spoken, Stage
from tests.races.conftest import cloned

Rows = set[tuple[str, str]]  # media server, scene


class Play:
    """`play(media)`: what came of each scene, by its name."""

    def __init__(self, folders: pytest.TempPathFactory, blocker: pytest.FixtureRequest, rows: Rows) -> None:
        self._folders, self._blocker, self._rows = folders, blocker, rows
        self._played: dict[str, dict[str, Spoken]] = {}
        self._broken: dict[str, Exception] = {}
        self.books: dict[str, list[str]] = {}

    @property
    def wanted(self) -> list[str]:
        """The media servers."""
        return sorted({media for media, _ in self._rows})

    def __call__(self, media: str) -> dict[str, Spoken]:
        if media in self._broken:
            pytest.fail(f"The calls could not be placed: {self._broken[media]}")
        if media not in self._played:
            _must_be_there(media)
            try:
                self._played[media] = self._play(media)
            except Exception as problem:
                self._broken[media] = problem
                raise
        return self._played[media]

    def _play(self, media: str) -> dict[str, Spoken]:
        with self._blocker.unblock(), cloned():
            scenes = [one for one in (*SCENES, *DYING) if (media, one.name) in self._rows]
            stage = Stage(
                media.removeprefix(KILLED), self._folders.mktemp(media), scenes, dies=media.startswith(KILLED)
            )
            played = stage.play()
            self.books[media] = stage.books()
        return played


def _must_be_there(media: str) -> None:
    needed = ("sipp", "rtpengine") if media.endswith("rtpengine") else ("sipp",)
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
    rows = {(media, name) for media, scene in asked for name in (scene.name, scene.with_id_of, scene.with_number_of)}
    return Play(tmp_path_factory, django_db_blocker, rows)
