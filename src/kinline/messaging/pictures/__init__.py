"""Photos as they come from a telephone, made anew (MSG-9): nothing of the file that came is kept but what one sees.

`remake` tells a photo by its first bytes, never by its name, and lets another process decode and encode it. Where it
was taken (EXIF, GPS, XMP), what was hidden behind it and what was wrong with it all end there.
"""

import json
import subprocess
import sys
import zipfile
from dataclasses import dataclass
from io import BytesIO
from pathlib import Path
from threading import BoundedSemaphore

from kinline.messaging.pictures import errors
from kinline.messaging.pictures.kinds import kind_of

LIMIT_BYTES = 10 * 2**20  # MSG-9
REMAKE = Path(__file__).with_name("remake.py")
SECONDS = 30
AT_ONCE = 2  # each takes a core, and up to 400 MB for a moment
PATIENCE_SECONDS = 20  # a thread that waits for a place serves nobody else meanwhile

_places = BoundedSemaphore(AT_ONCE)


@dataclass(frozen=True, slots=True)
class Picture:
    """`full` and `small`: JPEG without metadata; `small` is what lists show. `width`, `height`: pixels of `full`."""

    full: bytes
    small: bytes
    width: int
    height: int


def remake(content: bytes) -> Picture:
    """The photo in this file, made anew.

    raises PhotoEmpty, PhotoTooLarge (10 MB), PhotoIsArchive, PhotoIsDrawing, NotAPhoto, PhotoTwofold (a photo that is
    something else as well), PhotoTooManyPixels (asked before it is decoded), PhotoBroken, PhotosBusy.
    """
    if not content:
        raise errors.PhotoEmpty
    if len(content) > LIMIT_BYTES:
        raise errors.PhotoTooLarge
    kind = kind_of(content)
    if zipfile.is_zipfile(BytesIO(content)):
        raise errors.PhotoTwofold
    return _picture(_remade(kind, content))


def _remade(kind: str, content: bytes) -> bytes:
    """What the other process answers: a line of JSON, then the two files one behind the other."""
    if not _places.acquire(timeout=PATIENCE_SECONDS):
        raise errors.PhotosBusy
    try:
        done = _run(kind, content)
    except subprocess.TimeoutExpired:
        raise errors.PhotoBroken from None
    finally:
        _places.release()
    if done.returncode == errors.PIXELS_EXIT:
        raise errors.PhotoTooManyPixels
    if done.returncode:
        raise errors.PhotoBroken
    return done.stdout


def _run(kind: str, content: bytes) -> subprocess.CompletedProcess[bytes]:
    return subprocess.run(
        [sys.executable, "-I", REMAKE, kind], input=content, capture_output=True, timeout=SECONDS, check=False
    )


def _picture(answer: bytes) -> Picture:
    head, _, files = answer.partition(b"\n")
    facts = json.loads(head)
    cut = facts["full_bytes"]
    return Picture(files[:cut], files[cut:], facts["width"], facts["height"])
