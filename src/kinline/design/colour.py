"""An agency's accent colour, made readable: contrast is worked out, never hoped for. Pure."""

import re
from dataclasses import dataclass

Rgb = tuple[int, int, int]

_HEX = re.compile(r"#([0-9a-fA-F]{2})([0-9a-fA-F]{2})([0-9a-fA-F]{2})")
WHITE: Rgb = (255, 255, 255)
BLACK: Rgb = (0, 0, 0)
LIGHT_GROUND: Rgb = (250, 247, 241)  # --paper
DARK_GROUND: Rgb = (26, 34, 38)  # --card in the dark, the lighter of its two grounds
READABLE = 4.5  # WCAG 2.2, 1.4.3


@dataclass(frozen=True, slots=True)
class Accent:
    """The five accent tokens of one scheme, as `#rrggbb`."""

    accent: str
    deep: str
    soft: str
    on: str


def parse(text: str) -> Rgb | None:
    """`#0b5f66` → (11, 95, 102); None if it is no such colour."""
    match = _HEX.fullmatch(text.strip())
    return (int(match[1], 16), int(match[2], 16), int(match[3], 16)) if match else None


def contrast(one: Rgb, other: Rgb) -> float:
    """WCAG's ratio, 1 to 21."""
    light, dark = sorted((_luminance(one), _luminance(other)), reverse=True)
    return (light + 0.05) / (dark + 0.05)


def light(colour: Rgb) -> Accent:
    """For light pages: the colour itself if it can be read on them, else darker until it can."""
    soft = _mix(colour, WHITE, 0.88)
    accent = _until_readable(colour, BLACK, (LIGHT_GROUND, soft))
    deep = _until_readable(_mix(accent, BLACK, 0.22), BLACK, (LIGHT_GROUND, soft))
    return Accent(_hex(accent), _hex(deep), _hex(soft), _hex(_ink_on(accent)))


def dark(colour: Rgb) -> Accent:
    """For dark pages: lighter until it can be read on them."""
    soft = _mix(colour, DARK_GROUND, 0.72)
    accent = _until_readable(_mix(colour, WHITE, 0.3), WHITE, (DARK_GROUND, soft))
    return Accent(_hex(accent), _hex(_mix(accent, WHITE, 0.3)), _hex(soft), _hex(_ink_on(accent)))


def stylesheet(text: str) -> str:
    """CSS that puts an agency's colour in place of ours; empty when the agency has none."""
    colour = parse(text)
    if colour is None:
        return ""
    return f":root{{{_tokens(light(colour))}}}@media (prefers-color-scheme:dark){{:root{{{_tokens(dark(colour))}}}}}"


def _tokens(a: Accent) -> str:
    return f"--accent:{a.accent};--accent-deep:{a.deep};--accent-soft:{a.soft};--on-accent:{a.on}"


def _until_readable(colour: Rgb, towards: Rgb, grounds: tuple[Rgb, ...]) -> Rgb:
    for step in range(21):
        tried = _mix(colour, towards, step / 20)
        if all(contrast(tried, ground) >= READABLE for ground in grounds):
            return tried
    return towards


def _ink_on(ground: Rgb) -> Rgb:
    return max((WHITE, (13, 26, 28)), key=lambda ink: contrast(ink, ground))


def _mix(one: Rgb, other: Rgb, share: float) -> Rgb:
    """`share` of `other` in `one`, 0 to 1."""
    mixed = [round(a + (b - a) * share) for a, b in zip(one, other, strict=True)]
    return (mixed[0], mixed[1], mixed[2])


def _luminance(colour: Rgb) -> float:
    linear = [c / 255 / 12.92 if c / 255 <= 0.04045 else ((c / 255 + 0.055) / 1.055) ** 2.4 for c in colour]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]


def _hex(colour: Rgb) -> str:
    return "#{:02x}{:02x}{:02x}".format(*colour)
