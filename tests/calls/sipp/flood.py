"""Somebody at another address who sends calls as fast as they can, by SIPp, and never listens."""

from pathlib import Path

from tests.calls.sipp import scenario

ADDRESS = "127.0.0.2"
MOST, A_SECOND = 4000, 1000
ALLOWED, AFTER_SILENCE = 400, 2  # packets a second, and for how many seconds they may have been saved up
KNOWN_BY = "flood"


def command(folder: Path, port: int, switch: int) -> list[str]:
    stranger = scenario.Telephone(KNOWN_BY, "", "1111*2222*8135550142")
    file = scenario.write(folder / "flood.xml", stranger.invites().replace(' retrans="500"', ""))
    own = ["-i", ADDRESS, "-mi", ADDRESS, "-p", str(port), "-cp", str(port + 6)]
    sends = ["-m", str(MOST), "-r", str(A_SECOND), "-l", str(MOST), "-nostdin", "-timeout", "20s"]
    return ["sipp", "-sf", str(file), *own, *sends, f"127.0.0.1:{switch}"]
