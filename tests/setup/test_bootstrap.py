"""The bootstrap script as people run it, in a small checkout of its own: one package, made here, no network."""

import base64
import hashlib
import importlib.machinery
import importlib.util
import random
import shutil
import signal
import subprocess
import sys
import time
import zipfile
from collections.abc import Callable
from pathlib import Path
from types import ModuleType

import pytest

ROOT = Path(__file__).resolve().parents[2]
SPEAK = "import sys, tiny; print('ran', sys.argv[1:], tiny.VERSION, sys.prefix)"

pytestmark = pytest.mark.slow


def _wheel(folder: Path, name: str, version: str) -> str:
    """A wheel with one module and one script; the requirement line that names it with its hash."""
    folder.mkdir(exist_ok=True)
    info = f"{name}-{version}.dist-info"
    files = {
        f"{name}.py": f"VERSION = {version!r}\n\n\ndef main():\n    print(VERSION)\n",
        f"{info}/METADATA": f"Metadata-Version: 2.1\nName: {name}\nVersion: {version}\n",
        f"{info}/WHEEL": "Wheel-Version: 1.0\nGenerator: test\nRoot-Is-Purelib: true\nTag: py3-none-any\n",
        f"{info}/entry_points.txt": f"[console_scripts]\n{name}-says = {name}:main\n",
    }
    sums = "".join(f"{path},sha256={_sum(text)},{len(text)}\n" for path, text in files.items())
    path = folder / f"{name}-{version}-py3-none-any.whl"
    with zipfile.ZipFile(path, "w") as wheel:
        for inside, text in (files | {f"{info}/RECORD": f"{sums}{info}/RECORD,,\n"}).items():
            wheel.writestr(inside, text)
    return f"{name}=={version} \\\n    --hash=sha256:{hashlib.sha256(path.read_bytes()).hexdigest()}\n"


def _sum(text: str) -> str:
    return base64.urlsafe_b64encode(hashlib.sha256(text.encode()).digest()).decode().rstrip("=")


class Checkout:
    """A checkout with the real script, and an index of packages that is a folder."""

    def __init__(self, folder: Path, *, uv: bool) -> None:
        self.folder = folder / "checkout"
        self.wheels = folder / "wheels"
        (self.folder / "src" / "kinline").mkdir(parents=True)
        (self.folder / "src" / "kinline" / "__init__.py").touch()
        (self.folder / "src" / "kinline" / "__main__.py").write_text(SPEAK)
        shutil.copy(ROOT / "kinline", self.folder)
        self.require("1.0")
        self.environment = {
            "PATH": self._path(folder, uv=uv),
            "HOME": str(folder),
            "PIP_NO_INDEX": "1",
            "PIP_FIND_LINKS": str(self.wheels),
            "UV_OFFLINE": "1",
            "UV_FIND_LINKS": str(self.wheels),
            "UV_CACHE_DIR": str(folder / "uv"),
            "UV_PYTHON_DOWNLOADS": "never",
        }

    @staticmethod
    def _path(folder: Path, *, uv: bool) -> str:
        programs = folder / "programs"
        programs.mkdir()
        found = shutil.which("uv")
        if uv and found:
            (programs / "uv").symlink_to(found)
        return f"{programs}:/usr/bin:/bin"

    def require(self, version: str) -> None:
        base = _wheel(self.wheels, "tiny", version)
        (self.folder / "requirements.txt").write_text(base)
        (self.folder / "requirements-dev.txt").write_text(base + _wheel(self.wheels, "tinydev", "1.0"))

    def start(self, *words: str) -> subprocess.Popen[str]:
        return subprocess.Popen(
            [sys.executable, self.folder / "kinline", *words],
            env=self.environment,
            cwd="/",
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
        )

    def run(self, *words: str) -> tuple[int, str, str]:
        process = self.start(*words)
        out, err = process.communicate(timeout=120)
        return process.returncode, out, err

    def installed(self) -> set[str]:
        return {path.name for path in (self.folder / ".venv").glob("lib/python*/site-packages/tiny*.py")}


@pytest.fixture(params=["uv", "pip"])
def checkout(request: pytest.FixtureRequest, tmp_path: Path) -> Checkout:
    if request.param == "uv" and shutil.which("uv") is None:
        request.param = "pip"  # a machine without uv: the same way twice, rather than a hole
    return Checkout(tmp_path, uv=request.param == "uv")


@pytest.fixture
def script() -> ModuleType:
    """The script as a module, without running it."""
    loader = importlib.machinery.SourceFileLoader("kinline_bootstrap", str(ROOT / "kinline"))
    spec = importlib.util.spec_from_loader(loader.name, loader)
    assert spec is not None
    module = importlib.util.module_from_spec(spec)
    loader.exec_module(module)
    return module


def test_first_run_second_run_tests_and_new_requirements(checkout: Checkout) -> None:
    code, out, err = checkout.run("up", "--port", "1")
    venv = checkout.folder / ".venv"
    assert (code, out) == (0, f"ran ['up', '--port', '1'] 1.0 {venv}\n"), err
    assert "Setting up Kinline" in err
    assert subprocess.check_output([venv / "bin" / "tiny-says"], text=True) == "1.0\n"  # scripts know their place

    assert checkout.run("up") == (0, f"ran ['up'] 1.0 {venv}\n", "")

    assert checkout.installed() == {"tiny.py"}
    code, _, err = checkout.run("test")
    assert code == 0, err
    assert checkout.installed() == {"tiny.py", "tinydev.py"}

    checkout.require("2.0")
    code, out, err = checkout.run("up")
    assert (code, out) == (0, f"ran ['up'] 2.0 {venv}\n"), err
    assert sorted(path.name for path in checkout.folder.glob(".venv*")) == [".venv", ".venv.lock"]


def test_killed_at_any_moment_the_next_run_heals(checkout: Checkout) -> None:
    began = time.monotonic()
    assert checkout.run("test")[0] == 0
    whole = time.monotonic() - began
    seed = random.randrange(2**32)
    dice = random.Random(seed)
    for version in range(2, 6):
        checkout.require(f"{version}.0")
        process = checkout.start("test")
        time.sleep(dice.uniform(0.05, whole))
        process.send_signal(dice.choice([signal.SIGKILL, signal.SIGTERM, signal.SIGINT]))
        process.communicate(timeout=120)
        code, out, err = checkout.run("test")
        assert (code, f" {version}.0 " in out) == (0, True), f"seed {seed}: {err}"
        assert checkout.installed() == {"tiny.py", "tinydev.py"}
    assert sorted(path.name for path in checkout.folder.glob(".venv*")) == [".venv", ".venv.lock"]


def test_two_at_once_build_once(checkout: Checkout) -> None:
    both = [checkout.start("up"), checkout.start("up")]
    said = [process.communicate(timeout=120) for process in both]
    assert [process.returncode for process in both] == [0, 0], said
    assert sum("Setting up Kinline" in err for _, err in said) == 1


def test_a_package_that_is_not_what_was_pinned_is_refused(checkout: Checkout) -> None:
    (next(checkout.wheels.glob("tiny-1.0*"))).write_bytes(b"something else")
    code, out, err = checkout.run("up")
    assert (code, out) == (1, "")
    assert "Nothing half-made is used" in err
    assert "Traceback" not in err
    assert not (checkout.folder / ".venv").exists()


def test_a_moved_checkout_makes_its_own_environment(checkout: Checkout) -> None:
    assert checkout.run("up")[0] == 0
    moved = checkout.folder.with_name("moved")
    checkout.folder.rename(moved)
    checkout.folder = moved
    assert checkout.run("up")[1] == f"ran ['up'] 1.0 {moved}/.venv\n"


def test_a_lost_python_is_replaced(checkout: Checkout) -> None:
    assert checkout.run("up")[0] == 0
    python = checkout.folder / ".venv" / "bin" / "python"
    python.unlink()
    python.symlink_to("/nowhere/python")
    assert checkout.run("up")[0] == 0


# Obstacles


def test_a_read_only_checkout_is_told(tmp_path: Path) -> None:
    _fails_on(
        tmp_path,
        "mount -t tmpfs -o size=8m tmpfs {place} && cp -r {made}/. {place} && mount -o remount,ro {place}",
        "Cannot write in",
    )


def test_a_full_disk_is_told(tmp_path: Path) -> None:
    _fails_on(tmp_path, "mount -t tmpfs -o size=8m tmpfs {place} && cp -r {made}/. {place}", "The disk of")


def _fails_on(tmp_path: Path, mount: str, sentence: str) -> None:
    """Run the script on a file system of its own, in a mount namespace that ends with it."""
    made = Checkout(tmp_path, uv=False)
    place = tmp_path / "place"
    place.mkdir()
    lines = f"{mount.format(place=place, made=made.folder)} && exec {sys.executable} {place}/kinline up"
    done = subprocess.run(
        ["unshare", "--user", "--map-root-user", "--mount", "sh", "-ec", lines],
        env=made.environment,
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 1
    assert done.stderr.startswith(f"kinline: {sentence}"), done.stderr
    assert "Traceback" not in done.stderr


def test_an_old_python_is_told_which_one_is_needed(script: ModuleType, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(script.sys, "version_info", (3, 9, 1))
    monkeypatch.setattr(script.shutil, "which", lambda _: None)
    with pytest.raises(script.Stop, match=r"needs Python 3\.11 or newer; this is Python 3\.9"):
        script.use_new_enough_python([])


def test_a_newer_python_beside_an_old_one_is_used(script: ModuleType, monkeypatch: pytest.MonkeyPatch) -> None:
    ran: list[list[str]] = []
    monkeypatch.setattr(script.sys, "version_info", (3, 9, 1))
    monkeypatch.setattr(script.shutil, "which", lambda name: sys.executable if name == "python3.11" else None)
    monkeypatch.setattr(script.os, "execv", lambda program, words: ran.append([program, *words[2:]]))
    with pytest.raises(script.Stop):  # a real execv does not come back
        script.use_new_enough_python(["up"])
    assert ran == [[sys.executable, "up"]]


@pytest.mark.parametrize("absent", ["venv", "ensurepip"])
def test_a_python_without_venv_is_told(
    script: ModuleType, monkeypatch: pytest.MonkeyPatch, tmp_path: Path, absent: str
) -> None:
    really: Callable[[str], object] = importlib.util.find_spec
    monkeypatch.setattr(script.shutil, "which", lambda _: None)
    monkeypatch.setattr(importlib.util, "find_spec", lambda name: None if name == absent else really(name))
    with pytest.raises(script.Stop, match=f"no {absent}.*\n.*apt install python3-venv"):
        script.make_venv(str(tmp_path / "venv"))
    assert not (tmp_path / "venv").exists()


def test_the_locked_requirements_name_no_host_and_hash_everything() -> None:
    for name in ("requirements.txt", "requirements-dev.txt"):
        text = (ROOT / name).read_text()
        assert "://" not in text
        blocks = text.replace("\\\n", " ").splitlines()
        assert all("--hash=sha256:" in line for line in blocks if line and not line.startswith("#"))


def test_tests_get_the_versions_that_are_shipped() -> None:
    def pins(name: str) -> dict[str, str]:
        lines = (ROOT / name).read_text().splitlines()
        return dict(line.split(" ")[0].split("==") for line in lines if "==" in line and not line.startswith(" "))

    assert pins("requirements.txt").items() <= pins("requirements-dev.txt").items()
