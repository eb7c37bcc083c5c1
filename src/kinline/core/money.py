"""Money as integer cents: how it is written, nothing else. Pure."""


def dollars(cents: int) -> str:
    """`1234` → `$12.34`; `-5` → `−$0.05`. Never rounds: cents are whole."""
    sign = "−" if cents < 0 else ""
    return f"{sign}${abs(cents) // 100:,}.{abs(cents) % 100:02d}"


def short(cents: int) -> str:
    """How a price is said on a button: `50` → `50¢`, `100` → `$1`, `150` → `$1.50`."""
    if 0 < cents < 100:
        return f"{cents}¢"
    return dollars(cents).removesuffix(".00")


def credits_in(cents: int, price_cents: int) -> int:
    """How many messages of `price_cents` the balance pays. A price of zero needs no credit: 0."""
    return cents // price_cents if price_cents > 0 else 0
