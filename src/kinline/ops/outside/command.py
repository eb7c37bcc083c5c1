"""`kinline outside`: the sample's world outside, and the telephone of its page. No framework: half the memory."""

import argparse
import os
from collections.abc import Sequence
from functools import partial
from pathlib import Path

from kinline.ops.obstacles import Obstacle
from kinline.ops.outside.door import VARIABLE
from kinline.ops.outside.run import run
from kinline.ops.ports import sip_address
from kinline.ops.service import run as serve


def main(words: Sequence[str], path: Path) -> int:
    """Until it is asked to end. Raises Obstacle when the port is taken."""
    found = choices(words)
    door = Path(os.environ.get(VARIABLE) or path / "run" / "outside.sock")
    try:
        serve(partial(run, found.sip, found.listen, door))
    except OSError as problem:
        raise Obstacle(f"Cannot listen on {found.listen or door}: {problem.strerror}.") from problem
    return 0


def _address(text: str) -> tuple[str, int]:
    try:
        return sip_address(text)
    except ValueError as problem:
        raise argparse.ArgumentTypeError(str(problem)) from None


def choices(words: Sequence[str]) -> argparse.Namespace:
    """What the command was given; ends the process with a sentence where that cannot be."""
    parser = argparse.ArgumentParser(
        prog="./kinline outside",
        description="Be the world outside the sample jail: numbers that answer, refuse or are busy, by their ending.",
    )
    parser.add_argument("--sip", required=True, type=_address, metavar="HOST:PORT", help="where the switch is")
    parser.add_argument("--listen", type=_address, metavar="HOST:PORT", help="where its calls come; else none do")
    return parser.parse_args(words)
