"""Files as people send them: photos of every kind that we take, and what is none."""

import struct
import zlib
from io import BytesIO
from typing import Any
from zipfile import ZipFile

import pillow_heif
from PIL import Image

GPS_INFO, MAKE, ORIENTATION = 0x8825, 0x010F, 0x0112
CAMERA = "Sample Camera 3000"


def picture(size: tuple[int, int] = (640, 480), mode: str = "RGB") -> Image.Image:
    """Two halves of plain colour: blue on the left, orange on the right."""
    made = Image.new("RGB", size, (20, 60, 200))
    made.paste((230, 130, 20), (size[0] // 2, 0, size[0], size[1]))
    return made.convert(mode)


def jpeg(size: tuple[int, int] = (640, 480), **more: Any) -> bytes:
    return _saved(picture(size), "JPEG", **more)


def png(size: tuple[int, int] = (640, 480), mode: str = "RGB", **more: Any) -> bytes:
    return _saved(picture(size, mode), "PNG", **more)


def heic(size: tuple[int, int] = (640, 480), **more: Any) -> bytes:
    pillow_heif.register_heif_opener()
    return _saved(picture(size), "HEIF", **more)


def _saved(made: Image.Image, kind: str, **more: Any) -> bytes:
    out = BytesIO()
    made.save(out, kind, **more)
    return out.getvalue()


def where_it_was_taken(orientation: int = 1) -> Image.Exif:
    """EXIF with a camera's name and the place, as telephones write them."""
    exif = Image.Exif()
    exif[MAKE] = CAMERA
    exif[ORIENTATION] = orientation
    place = exif.get_ifd(GPS_INFO)
    place[1], place[2], place[3], place[4] = "N", (27.0, 29.0, 51.0), "W", (82.0, 34.0, 27.0)
    exif[GPS_INFO] = place
    return exif


def archive() -> bytes:
    out = BytesIO()
    with ZipFile(out, "w") as made:
        made.writestr("IMG_0001.jpg", jpeg((20, 20)))
    return out.getvalue()


def bomb() -> bytes:
    """20 kB that would be 144 megapixels."""
    return _saved(Image.new("1", (12_000, 12_000)), "PNG")


def chunk_bomb(name: bytes, before: bytes) -> bytes:
    """A small PNG with a chunk before its pixels: what is 200 kB there would be 200 MB of text or of colour profile."""
    packed = before + zlib.compress(bytes(200_000_000), 1)
    chunk = struct.pack(">I", len(packed)) + name + packed + struct.pack(">I", zlib.crc32(name + packed))
    plain = png()
    return plain[:33] + chunk + plain[33:]  # the signature and IHDR are 33 bytes


def moving() -> bytes:
    """A PNG of two pictures, of which the second is all red."""
    out = BytesIO()
    picture().save(out, "PNG", save_all=True, append_images=[Image.new("RGB", (640, 480), "red")], duration=100)
    return out.getvalue()


DRAWING = b'<svg xmlns="http://www.w3.org/2000/svg"><script>alert(1)</script></svg>'
