"""The listening socket of the web server, the port of the switch, and who has a port when we cannot."""

import asyncio
import contextlib
import errno
import os
import socket
import urllib.parse
from pathlib import Path

from kinline.ops.obstacles import Obstacle

# The table of the kernel, its two files, and the number of the state in which somebody has the port.
_TCP = (("/proc/net/tcp", "/proc/net/tcp6"), "0A")
_UDP = (("/proc/net/udp", "/proc/net/udp6"), "07")
EVERYWHERE = {"0.0.0.0", "::", ""}  # noqa: S104 (compared with, not bound to)


def listen(host: str, port: int) -> socket.socket:
    """Bind before anything else starts; raises Obstacle that says who has the port and which one is free.

    The supervisor keeps the socket over restarts of the web server: meanwhile browsers wait, and are not refused.
    """
    try:
        family, _, _, _, address = socket.getaddrinfo(host or None, port, type=socket.SOCK_STREAM, flags=_PASSIVE)[0]
    except socket.gaierror as problem:
        raise Obstacle(f"--host {host}: no such address on this machine.") from problem
    listening = socket.socket(family, socket.SOCK_STREAM)
    listening.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    try:
        listening.bind(address)
        listening.listen(2048)
    except OSError as problem:
        listening.close()
        raise _refused(problem, host, port) from problem
    return listening


_PASSIVE = socket.AI_PASSIVE


def _refused(problem: OSError, host: str, port: int) -> Obstacle:
    if problem.errno == errno.EADDRINUSE:
        holder = holder_of(port)
        by = f" by {holder}" if holder else ""
        return Obstacle(f"Port {port} is taken{by}.\nChoose another: ./kinline up --port {next_free(host, port)}")
    if problem.errno == errno.EACCES:
        return Obstacle(f"This user may not use port {port} (those below 1024 need root). Try --port 8000.")
    if problem.errno == errno.EADDRNOTAVAIL:
        return Obstacle(f"--host {host}: no such address on this machine.")
    return Obstacle(f"Cannot listen on {host} port {port}: {problem.strerror}.")


def next_free(host: str, port: int) -> int:
    for candidate in range(port + 1, min(port + 100, 65536)):
        with contextlib.suppress(OSError), socket.socket() as probe:
            probe.bind(("" if host in EVERYWHERE or ":" in host else host, candidate))
            return candidate
    return free_port()


def free_port() -> int:
    """A port of this machine that is free now."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def holder_of(port: int, *, udp: bool = False) -> str | None:
    """`process 123 (python -m http.server)`; None where that cannot be known (another user's process, no /proc)."""
    inodes = {f"socket:[{inode}]" for inode in _holding_inodes(port, *(_UDP if udp else _TCP))}
    for descriptor in Path("/proc").glob("[0-9]*/fd/*") if inodes else ():
        with contextlib.suppress(OSError):
            if os.readlink(descriptor) in inodes:
                pid = descriptor.parts[2]
                command = Path(f"/proc/{pid}/cmdline").read_bytes().replace(b"\0", b" ").decode(errors="replace")
                return f"process {pid} ({command.strip()[:80]})"
    return None


def _holding_inodes(port: int, tables: tuple[str, ...], state: str) -> list[str]:
    found = []
    for table in tables:
        with contextlib.suppress(OSError):
            for line in Path(table).read_text().splitlines()[1:]:
                columns = line.split()
                if columns[3] == state and int(columns[1].rsplit(":", 1)[1], 16) == port:
                    found.append(columns[9])
    return found


# SIP


def sip_address(text: str) -> tuple[str, int]:
    """`HOST:PORT` or `[IPv6]:PORT`. Raises ValueError."""
    host, _, port = text.rpartition(":")
    if not host or not port.isdecimal() or not 0 <= int(port) <= 65535:
        raise ValueError(f"{text}: an address is HOST:PORT")
    return host.removeprefix("[").removesuffix("]"), int(port)


def is_sip_address(text: str) -> bool:
    try:
        sip_address(text)
    except ValueError:
        return False
    return True


def sip_text(host: str, port: int) -> str:
    return f"[{host}]:{port}" if ":" in host else f"{host}:{port}"


def free_for_sip(host: str, port: int, *, default: bool) -> int:
    """This port of UDP, or the next free one if nobody chose it (`default`). Raises Obstacle that says who has it."""
    for candidate in range(port, port + 100):
        problem = _bound(host, candidate)
        if problem is None:
            return candidate or free_udp(host)
        if problem.errno != errno.EADDRINUSE or not default:
            raise _refused_sip(problem, host, port)
    return free_udp(host)


def _bound(host: str, port: int) -> OSError | None:
    """What stands in the way of listening there; nothing, and nobody listens now. Raises Obstacle."""
    try:
        family, _, _, _, place = socket.getaddrinfo(host or None, port, type=socket.SOCK_DGRAM, flags=_PASSIVE)[0]
    except (socket.gaierror, OverflowError) as problem:
        raise Obstacle(f"--sip {host}: no such address on this machine.") from problem
    with socket.socket(family, socket.SOCK_DGRAM) as probe:
        try:
            probe.bind(place)
        except OSError as problem:
            return problem
    return None


def free_udp(host: str) -> int:
    """A UDP port that is free now."""
    with socket.socket(socket.AF_INET6 if ":" in host else socket.AF_INET, socket.SOCK_DGRAM) as probe:
        probe.bind((host, 0))
        return int(probe.getsockname()[1])


def _refused_sip(problem: OSError, host: str, port: int) -> Obstacle:
    if problem.errno == errno.EADDRINUSE:
        holder = holder_of(port, udp=True)
        by = f" by {holder}" if holder else ""
        other = free_for_sip(host, port + 1, default=True)
        return Obstacle(f"UDP port {port} is taken{by}.\nChoose another: ./kinline up --sip {sip_text(host, other)}")
    if problem.errno == errno.EACCES:
        return Obstacle(f"This user may not use UDP port {port}. Try --sip {sip_text(host, 15060)}.")
    if problem.errno == errno.EADDRNOTAVAIL:
        return Obstacle(f"--sip {host}: no such address on this machine.")
    return Obstacle(f"Cannot listen on {sip_text(host, port)}: {problem.strerror}.")


def address(host: str, port: int) -> str:
    """How a browser reaches us. Listening everywhere, it is this machine's own address in its network."""
    shown = _own_address() if host in EVERYWHERE else host
    return f"http://{f'[{shown}]' if ':' in shown else shown}:{port}"


def _own_address() -> str:
    with contextlib.suppress(OSError), socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as probe:
        probe.connect(("192.0.2.1", 9))  # sends nothing: asks which of our addresses would be used
        return str(probe.getsockname()[0])
    return socket.gethostname()


def near(host: str) -> str:
    """Where this machine itself finds what listens on `host`."""
    return "127.0.0.1" if host in EVERYWHERE - {"::"} else "::1" if host == "::" else host


async def answers(host: str, port: int) -> bool:
    """True when the web server serves its first page, which its next visitor then gets the sooner."""
    target = near(host)
    try:
        async with asyncio.timeout(10):
            reader, writer = await asyncio.open_connection(target, port)
            name = urllib.parse.quote(target)
            writer.write(f"GET / HTTP/1.1\r\nHost: {name}\r\nConnection: close\r\n\r\n".encode())
            line = await reader.readline()
            writer.close()
    except (OSError, TimeoutError):
        return False
    return line.split(b" ")[1:2] == [b"200"]
