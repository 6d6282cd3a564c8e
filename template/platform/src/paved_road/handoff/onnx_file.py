"""An ONNX file before anything reads it: what reaches beyond its own bytes, or unfolds to more than a machine has."""

import re
from collections.abc import Iterator
from pathlib import Path

from paved_road.findings import problem
from paved_road.handoff import artifact_file

# How protobuf spells the key under which a tensor names the file that holds its data; without it there is no such file.
_EXTERNAL_DATA = re.compile(rb"(?:\x0a|\x8a\x80*\x00)(?:\x08|\x88\x80*\x00)location", re.DOTALL)
_OPSETS, _FUNCTIONS = 8, 25
"""Numbers of fields of ONNX' ModelProto."""


def read(path: Path) -> bytes:
    """The bytes of a file that stands alone.

    Raises:
        Problem: missing, too large, in need of other files, or with functions that call functions, of which a
            few hundred bytes unfold to billions of operators.
    """
    content = artifact_file.read(path)
    if _EXTERNAL_DATA.search(content):
        fact = "keeps weights in another file, which no digest covers"
        raise problem("ARTIFACT002", fact, "export it as one file", path=path.name)
    if any(number == _FUNCTIONS for number, _ in _fields(content)):
        fact = "defines functions of its own, which can unfold to more than a machine holds"
        raise problem("ARTIFACT002", fact, "inline them: onnx.inliner.inline_local_functions", path=path.name)
    return content


def opsets(content: bytes) -> dict[str, int]:
    """Operator sets that a model imports, by domain."""
    found = {}
    for number, value in _fields(content):
        if number == _OPSETS and isinstance(value, bytes):
            said = dict(_fields(value))
            domain, version = said.get(1, b""), said.get(2, 0)
            if isinstance(domain, bytes) and isinstance(version, int):
                found[domain.decode(errors="replace") or "ai.onnx"] = version
    return found


def _fields(content: bytes) -> Iterator[tuple[int, int | bytes]]:
    """Fields of a protobuf message with their values, as far as it is one."""
    at = 0
    while at < len(content):
        tag, at = _varint(content, at)
        start = at
        match tag & 7:
            case 0:
                value, at = _varint(content, at)
                yield tag >> 3, value
                continue
            case 1:
                at += 8
            case 2:
                length, start = _varint(content, at)
                at = start + length
            case 5:
                at += 4
            case _:
                return  # not protobuf: the loader says so
        yield tag >> 3, content[start:at]


def _varint(content: bytes, at: int) -> tuple[int, int]:
    value = shift = 0
    while at < len(content) and shift < 64:
        byte = content[at]
        value, shift, at = value | (byte & 127) << shift, shift + 7, at + 1
        if byte < 128:
            break
    return value, at
