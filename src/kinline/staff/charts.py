"""Bars as an SVG file. The figures stand in a table beside it, so the picture needs no words of its own."""

from collections.abc import Sequence

WIDTH, HEIGHT, GAP = 960, 160, 2
# Three to one and more on the light and on the dark card: an image cannot see the page's tokens.
COLOURS = ("#2a8a90", "#b9741a", "#8a6fc0", "#7d8486")


def bars(*series: Sequence[int]) -> str:
    """A group of bars for each place in the series, all of one length; never negative."""
    count = max(1, len(series[0]))
    top = max([1, *(value for one in series for value in one)])
    slot = WIDTH / count
    wide = max(1.0, (slot - GAP) / len(series))
    drawn = [
        _bar(place * slot + n * wide, wide, max(0, value) / top, COLOURS[n])
        for n, one in enumerate(series)
        for place, value in enumerate(one)
        if value > 0
    ]
    line = f'<rect x="0" y="{HEIGHT - 1}" width="{WIDTH}" height="1" fill="#8a8f92"/>'
    return _picture([*drawn, line])


def stacked(*series: Sequence[int]) -> str:
    """One bar for each place in the series, its parts on top of each other, the first at the bottom; never negative."""
    places = list(zip(*series, strict=True))
    top = max([1, *map(sum, places)])
    slot = WIDTH / max(1, len(places))
    drawn = []
    for place, parts in enumerate(places):
        foot = float(HEIGHT - 1)
        for n, value in enumerate(parts):
            high = max(0, value) / top * (HEIGHT - 6)
            drawn += [_part(place * slot, foot - high, max(1.0, slot - GAP), high, COLOURS[n])] if high else []
            foot -= high
    return _picture([*drawn, f'<rect x="0" y="{HEIGHT - 1}" width="{WIDTH}" height="1" fill="#8a8f92"/>'])


def _part(x: float, y: float, width: float, height: float, colour: str) -> str:
    shown = max(1.0, height - 1)  # a line of the card between two parts: neighbours need not differ in colour alone
    return f'<rect x="{x:.1f}" y="{y:.1f}" width="{width:.1f}" height="{shown:.1f}" fill="{colour}"/>'


def _picture(drawn: Sequence[str]) -> str:
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {WIDTH} {HEIGHT}" width="{WIDTH}" height="{HEIGHT}">'
        f"{''.join(drawn)}</svg>"
    )


def _bar(x: float, width: float, share: float, colour: str) -> str:
    high = max(1.5, share * (HEIGHT - 6))
    return f'<rect x="{x:.1f}" y="{HEIGHT - 1 - high:.1f}" width="{width:.1f}" height="{high:.1f}" fill="{colour}"/>'
