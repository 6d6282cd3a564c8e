"""Documents that were valid once, with some of their values, keys, lines or bytes changed."""

import copy
import math
from collections.abc import Callable, Iterator
from typing import Any

from hypothesis import strategies as st
from paved_road.documents import Key

LARGE = 5_000


def deep(levels: int) -> Any:
    """A value below so many lists."""
    value: Any = 0
    for _ in range(levels):
        value = [value]
    return value


STRANGE: list[Any] = [
    *(None, True, False, 0, -1, 1, 1.0, -0.0, 0.1, 1e308, 5e-324, math.nan, math.inf, -math.inf),
    *(2**31, 2**53 + 1, 2**63, 2**64, -(2**64), 10**30, 10**400),
    *("", " ", "\n", "\x00", "\x1b[31m", "\x7f", "\x85", "\u2028", "\ufeff", "\ufffe", "é", "e\u0301", "🦊"),
    *(
        "x" * LARGE,
        "9" * LARGE,
        "a\nb",
        "a\n",
        "yes",
        "no",
        "null",
        "~",
        "1.0",
        "0x10",
        "1:30",
        "2026-01-01",
        "<<",
        "=",
    ),
    *("../../etc/passwd", "{{ x }}", "${{ x }}", "$(id)", "@acme/x", "*", "/", "[a", "(a+)+$", "1.2.3", "NaN", "RA"),
    *([], {}, [[]], [{}], {"": {}}, {"a": None}, [None], deep(98), deep(150), ["x"] * LARGE),
]
"""Values that somebody's program has stumbled over."""
KEYS = ["", " ", "x" * 300, "é", "<<", "on", "null", "1", "name", "\x00", "a.b", "a b", "__proto__", "$ref"]
SNIPPETS = [
    *("\t", " ", "  ", "\n", "\r", "\x00", "\x1b", "\x7f", "\x85", "\u2028", "\ufeff", "é", "🦊", "#", " #", "'", '"'),
    *("&a ", "*a", "!!python/object/apply:os.system [id]", "!!binary ", "!!set ", "!!bool ", '!!int ""', "!!float x"),
    *("!x ", "!!str ", "!!timestamp ", "<<: {a: 1}\n", "<<: *a\n", "---\n", "...\n", "%YAML 9.9\n", "%TAG ! x\n", "? "),
    *(": ", "- ", "{", "}", "[", "]", ",", "|\n", ">-\n", "|9\n", "@", "`", "1_0", "0o7", ".nan", "-.inf", "1.0e+999"),
    *("0x" + "f" * LARGE, "9" * LARGE, "1" + ":1" * LARGE, "[" * LARGE, "NaN", "1e999", '"\\ud800"', "\\u0000"),
]
"""What texts are broken with: YAML's signs, JSON's, and what is neither."""

Draw = st.DrawFn


def nodes(part: Any, at: Key = ()) -> Iterator[Key]:
    """Where every value stands but the whole: mappings and lists too."""
    items = part.items() if isinstance(part, dict) else enumerate(part) if isinstance(part, list) else ()
    for key, value in items:
        yield (*at, key)
        yield from nodes(value, (*at, key)) if len(at) < 10 else ()


def value_at(part: Any, at: Key) -> Any:
    for key in at:
        part = part[key]
    return part


def _drop(draw: Draw, holder: Any, key: Any, whole: Any) -> None:
    del holder[key]


def _twice(draw: Draw, holder: Any, key: Any, whole: Any) -> None:
    if isinstance(holder, list):
        holder.insert(key, copy.deepcopy(holder[key]))
    else:
        holder[f"{key}{draw(st.sampled_from(['2', '_', ' ', chr(10)]))}"] = copy.deepcopy(holder[key])


def _strange(draw: Draw, holder: Any, key: Any, whole: Any) -> None:
    holder[key] = copy.deepcopy(draw(st.sampled_from(STRANGE)))


def _graft(draw: Draw, holder: Any, key: Any, whole: Any) -> None:
    holder[key] = copy.deepcopy(value_at(whole, draw(st.sampled_from(list(nodes(whole))))))


def _rename(draw: Draw, holder: Any, key: Any, whole: Any) -> None:
    if isinstance(holder, dict):
        holder[draw(st.sampled_from([*KEYS, key.upper(), f"{key}s"]))] = holder.pop(key)


def _wrap(draw: Draw, holder: Any, key: Any, whole: Any) -> None:
    holder[key] = draw(st.sampled_from([[holder[key]], {"a": holder[key]}]))


def _bend(draw: Draw, holder: Any, key: Any, whole: Any) -> None:
    holder[key] = draw(st.sampled_from(_bent(holder[key])))


def _bent(value: Any) -> list[Any]:
    """What is nearly the same."""
    match value:
        case bool():
            return [not value, int(value), str(value), str(value).lower()]
        case int():
            return [float(value), -value, value + 1, value * 10**18, str(value), bool(value)]
        case float():
            return [-value, value * 1000, str(value), math.inf, math.nan]
        case str():
            return [f"{value}\n", f" {value}", value.upper(), value[:-1], value * 100, [value], f"{value}é"]
        case list():
            return [[], value[::-1], value * 2, dict(enumerate(map(str, value))) and {"a": value}]
        case dict():
            return [{}, list(value), list(value.values())]
        case _:
            return [0, "", False]


OPERATIONS: list[Callable[[Draw, Any, Any, Any], None]] = [_drop, _twice, _strange, _graft, _rename, _wrap, _bend]


@st.composite
def mutated(draw: Draw, valid: list[Any]) -> Any:
    """A document with up to three changes of its values and keys."""
    data = copy.deepcopy(draw(st.sampled_from(valid)))
    for _ in range(draw(st.integers(1, 3))):
        every = list(nodes(data))
        if every:
            at = draw(st.sampled_from(every))
            draw(st.sampled_from(OPERATIONS))(draw, value_at(data, at[:-1]), at[-1], data)
    return data


@st.composite
def garbled(draw: Draw, texts: list[str]) -> bytes:
    """A text with up to three changes of its lines and signs, in some encoding, perhaps with bytes of another."""
    text = draw(st.sampled_from(texts))
    for _ in range(draw(st.integers(1, 3))):
        text = draw(st.sampled_from([_insert, _cut, _again, _swap]))(draw, text)
    text = text.replace("\n", draw(st.sampled_from(["\n"] * 4 + ["\r\n", "\r"])))
    encoding = draw(st.sampled_from(["utf-8"] * 8 + ["utf-8-sig", "utf-16", "utf-32", "latin-1"]))
    content = text.encode(encoding, errors="replace")
    at = draw(st.integers(0, len(content)))
    return (
        content[:at]
        + draw(st.sampled_from([b""] * 4 + [b"\xff", b"\x00", b"\xc3\x28", b"\xed\xa0\x80"]))
        + content[at:]
    )


def _insert(draw: Draw, text: str) -> str:
    at = draw(st.integers(0, len(text)))
    return text[:at] + draw(st.sampled_from(SNIPPETS)) + text[at:]


def _cut(draw: Draw, text: str) -> str:
    at = draw(st.integers(0, len(text)))
    return text[:at] + text[at + draw(st.sampled_from([1, 2, 10, 100, len(text)])) :]


def _again(draw: Draw, text: str) -> str:
    lines = text.splitlines(keepends=True) or [""]
    at = draw(st.integers(0, len(lines) - 1))
    return "".join([*lines[: at + 1], *lines[at:]])


def _swap(draw: Draw, text: str) -> str:
    lines = text.splitlines(keepends=True) or [""]
    one, other = draw(st.integers(0, len(lines) - 1)), draw(st.integers(0, len(lines) - 1))
    lines[one], lines[other] = lines[other], lines[one]
    return "".join(lines)
