import errno
from pathlib import Path

import pytest

from kinline.ops import testing
from kinline.ops.entry import take_data
from kinline.ops.obstacles import Obstacle, of_disk

DEFAULT = Path("/default")


@pytest.mark.parametrize(
    ("words", "left", "path"),
    [
        (["up"], ["up"], DEFAULT),
        (["up", "--data", "/d"], ["up"], Path("/d")),
        (["--data=/d", "roster", "import", "f.csv"], ["roster", "import", "f.csv"], Path("/d")),
        (["up", "--data", "/a", "--port", "1", "--data", "/b"], ["up", "--port", "1"], Path("/b")),
        (["test", "--", "--data", "/d"], ["test", "--", "--data", "/d"], DEFAULT),
        (["loaddata", "--database", "x"], ["loaddata", "--database", "x"], DEFAULT),
        (["up", "--data", "relative"], ["up"], Path.cwd() / "relative"),
    ],
)
def test_every_command_takes_a_data_directory(words: list[str], left: list[str], path: Path) -> None:
    assert take_data(words, DEFAULT) == (left, path)


@pytest.mark.parametrize("words", [["up", "--data"], ["up", "--data="]])
def test_a_data_option_without_directory_is_told(words: list[str]) -> None:
    with pytest.raises(Obstacle, match="--data needs a directory"):
        take_data(words, DEFAULT)


@pytest.mark.parametrize(
    ("code", "said"),
    [(errno.ENOSPC, "disk is full"), (errno.EROFS, "read-only"), (errno.EACCES, "may not write")],
)
def test_trouble_with_the_disk_is_told_in_a_sentence(code: int, said: str) -> None:
    obstacle = of_disk(OSError(code, "as the system says it", "/some/file"), "/some")
    assert said in str(obstacle)
    assert "/some/file" in str(obstacle)


def test_other_trouble_stays_an_error_of_the_program() -> None:
    assert of_disk(OSError(errno.EBADF, "bad file"), "/some") is None


def test_browser_and_faults_run_after_everything_else(tmp_path: Path) -> None:
    for name in ("setup", "races", "journeys", "architecture", "__pycache__"):
        (tmp_path / "tests" / name).mkdir(parents=True)
    assert testing.parts(tmp_path) == [
        "src",
        "tests/architecture",
        "tests/races",
        "tests/journeys",
        "tests/setup",
    ]
