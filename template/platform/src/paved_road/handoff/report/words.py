"""Figures as people read them."""

import math
from datetime import UTC, datetime

SPACE = "\N{NO-BREAK SPACE}"
MINUS = "\N{MINUS SIGN}"


def number(value: float, digits: int = 3) -> str:
    """About so many significant digits, with thousands separated, never in powers of ten."""
    if not math.isfinite(value):
        return "undefined"
    magnitude = math.floor(math.log10(abs(value))) if value else 0
    decimals = max(0, digits - 1 - magnitude)
    text = f"{abs(value):,.{min(decimals, 12)}f}"
    if "." in text:
        text = text.rstrip("0").rstrip(".")
    return f"{MINUS}{text}" if value < 0 and text.strip("0.,") else text


def fixed(value: float, decimals: int = 3) -> str:
    """So many decimals, so that a column of shares lines up."""
    if not math.isfinite(value):
        return "undefined"
    return f"{value:,.{decimals}f}".replace("-", MINUS)


def unit(text: str, name: str | None) -> str:
    """A figure and its unit, kept on one line."""
    return f"{text}{SPACE}{name}" if name else text


def percent(share: float, decimals: int = 1) -> str:
    """A share in per cent."""
    return unit(fixed(100 * share, decimals), "%")


def size(count: int) -> str:
    """Bytes in decimal units, as file managers show them."""
    for name, factor in (("GB", 1e9), ("MB", 1e6), ("kB", 1e3)):
        if count >= factor:
            return unit(number(count / factor), name)
    return unit(str(count), "bytes")


def count(amount: int, one: str, many: str | None = None) -> str:
    """An amount and its noun."""
    return f"{amount:,} {one if amount == 1 else many or one + 's'}"


def moment(stamp: str) -> str:
    """An ISO 8601 time stamp as a day and a time; as it stands if it is none."""
    try:
        when = datetime.fromisoformat(stamp)
    except ValueError:
        return stamp
    if when.utcoffset() is None:
        return f"{when.day} {when:%B %Y, %H:%M}"
    when = when.astimezone(UTC)
    return f"{when.day} {when:%B %Y, %H:%M} UTC"


def day(seconds: float) -> str:
    """Seconds since 1970 as a day."""
    try:
        return f"{datetime.fromtimestamp(seconds, tz=UTC):%Y-%m-%d}"
    except (OverflowError, OSError, ValueError):
        return number(seconds)


def named(name: str) -> str:
    """A key as a heading: ``merchant_region`` becomes ``Merchant region``."""
    text = name.replace("_", " ")
    return text[:1].upper() + text[1:]
