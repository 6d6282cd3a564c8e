"""JSON that every reader reads alike: UTF-8, no key twice, and no number or text that only Python can hold."""

import json
import math
from collections import Counter
from typing import Any, NoReturn

LEAST, MOST = -(2**63), 2**64 - 1
"""The whole numbers that readers in other languages can hold."""


def read(content: bytes) -> Any:
    """What a file says.

    Raises:
        ValueError: it is not JSON, or readers could differ about it.
    """
    try:
        data = json.loads(
            content.decode(), object_pairs_hook=_once, parse_float=_finite, parse_int=_held, parse_constant=_constant
        )
        json.dumps(data, ensure_ascii=False).encode()  # half of a surrogate pair is no text
    except RecursionError as error:
        raise ValueError("it is nested too deeply") from error
    return data


def _once(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    made = dict(pairs)
    if len(made) != len(pairs):
        ((twice, _),) = Counter(key for key, _ in pairs).most_common(1)
        raise ValueError(f"the key {twice!r} is written twice")
    return made


def _finite(text: str) -> float:
    if not math.isfinite(float(text)):
        raise ValueError(f"{text} is too large a number")
    return float(text)


def _held(text: str) -> int:
    if len(text) > len(str(LEAST)) or not LEAST <= int(text) <= MOST:
        raise ValueError(f"{text[:30]} is too large a number")
    return int(text)


def _constant(text: str) -> NoReturn:
    raise ValueError(f"{text} is no number in JSON")
