"""One photo in a process of its own: the file comes in, two JPEG go out (`pictures.remake`).

Decoders of pictures are large and have bugs: what one of them does to memory, time or itself ends with this process.
Run as a file (`python -I remake.py KIND`), so that it imports nothing of ours and reads no setting or secret.
"""

import json
import resource
import sys
from io import BytesIO

import pillow_heif
from PIL import Image, ImageCms, ImageOps

MEMORY_BYTES = 1_500 * 2**20  # of address space
CPU_SECONDS = 20
MOST_PIXELS = 50_000_000  # what today's telephones make; asked before anything is decoded
FULL, SMALL = (2048, 2048), (320, 320)
PIXELS_EXIT = 3


def main(kind: str) -> None:
    resource.setrlimit(resource.RLIMIT_AS, (MEMORY_BYTES, MEMORY_BYTES))
    resource.setrlimit(resource.RLIMIT_CPU, (CPU_SECONDS, CPU_SECONDS))
    resource.setrlimit(resource.RLIMIT_FSIZE, (0, 0))
    Image.MAX_IMAGE_PIXELS = None  # ours is asked instead, and is no warning
    if kind == "HEIF":
        pillow_heif.register_heif_opener(thumbnails=False, depth_images=False, aux_images=False, decode_threads=1)
    picture = Image.open(BytesIO(sys.stdin.buffer.read()), formats=[kind])
    if picture.width * picture.height > MOST_PIXELS:
        sys.exit(PIXELS_EXIT)
    full = plain(picture)
    small = full.copy()
    small.thumbnail(SMALL)
    answer(full, small)


def plain(picture: Image.Image) -> Image.Image:
    """What one sees of it: turned as the camera says, in sRGB, on white, no larger than needed; pixels and no more."""
    profile = picture.info.get("icc_profile")
    picture.draft("RGB", FULL)  # a JPEG is decoded smaller right away
    seen = ImageOps.exif_transpose(picture)
    seen = _on_white(seen) if _see_through(seen) else _in_srgb(seen, profile)
    seen.thumbnail(FULL)
    bare = Image.new("RGB", seen.size)
    bare.paste(seen)
    return bare


def _see_through(picture: Image.Image) -> bool:
    return "A" in picture.getbands() or "transparency" in picture.info


def _on_white(picture: Image.Image) -> Image.Image:
    above = picture.convert("RGBA")
    white = Image.new("RGBA", above.size, "white")
    return Image.alpha_composite(white, above).convert("RGB")


def _in_srgb(picture: Image.Image, profile: bytes | None) -> Image.Image:
    """Telephones write wider colours; without its profile such a photo would look pale. A bad profile is left out."""
    if picture.mode.startswith("I;16"):
        picture = picture.convert("I").point(lambda value: value * (1 / 256)).convert("L")
    if profile and picture.mode in {"RGB", "CMYK", "L"}:
        try:
            made = ImageCms.ImageCmsProfile(BytesIO(profile))
            turned = ImageCms.profileToProfile(picture, made, ImageCms.createProfile("sRGB"), outputMode="RGB")
            return turned or picture.convert("RGB")
        except (ImageCms.PyCMSError, OSError, ValueError):
            pass
    return picture.convert("RGB")


def answer(full: Image.Image, small: Image.Image) -> None:
    files = [_jpeg(full, 82), _jpeg(small, 70)]
    facts = {"width": full.width, "height": full.height, "full_bytes": len(files[0])}
    sys.stdout.buffer.write(json.dumps(facts).encode() + b"\n" + b"".join(files))


def _jpeg(picture: Image.Image, quality: int) -> bytes:
    out = BytesIO()
    picture.save(out, "JPEG", quality=quality, optimize=True, progressive=True)
    return out.getvalue()


if __name__ == "__main__":
    main(sys.argv[1])
