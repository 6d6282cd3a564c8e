"""An ONNX file before anything reads it: what reaches beyond its own bytes, or unfolds to more than a machine has."""

import re
from collections.abc import Iterator
from pathlib import Path

from paved_road.findings import problem

LARGEST = 2**31 - 1
"""Bytes that a protobuf message can have."""
# How protobuf spells the key under which a tensor names the file that holds its data; without it there is no such file.
_EXTERNAL_DATA = re.compile(rb"(?:\x0a|\x8a\x80*\x00)(?:\x08|\x88\x80*\x00)location", re.DOTALL)
_FUNCTIONS = 25


def read(path: Path) -> bytes:
    """The bytes of a file that stands alone.

    Raises:
        Problem: missing, too large for ONNX, in need of other files, or with functions that call functions, of which a
            few hundred bytes unfold to billions of operators.
    """
    try:
        size = path.stat().st_size
        if size > LARGEST:
            fact = f"has {size:,} bytes, and an ONNX file holds at most {LARGEST:,}"
            raise problem("ARTIFACT002", fact, "export a smaller model", path=path.name)
        content = path.read_bytes()
    except OSError as error:
        fact = f"cannot be read: {error.strerror or error}"
        raise problem("ARTIFACT001", fact, "restore it from git, or fetch it again", path=path.name) from error
    if _EXTERNAL_DATA.search(content):
        fact = "keeps weights in another file, which no digest covers"
        raise problem("ARTIFACT002", fact, "export it as one file", path=path.name)
    if _FUNCTIONS in _fields(content):
        fact = "defines functions of its own, which can unfold to more than a machine holds"
        raise problem("ARTIFACT002", fact, "inline them: onnx.inliner.inline_local_functions", path=path.name)
    return content


def _fields(content: bytes) -> Iterator[int]:
    """Numbers of the fields of a protobuf message, as far as it is one."""
    at = 0
    while at < len(content):
        tag, at = _varint(content, at)
        yield tag >> 3
        match tag & 7:
            case 0:
                _, at = _varint(content, at)
            case 1:
                at += 8
            case 2:
                length, at = _varint(content, at)
                at += length
            case 5:
                at += 4
            case _:
                return  # not protobuf: the loader says so


def _varint(content: bytes, at: int) -> tuple[int, int]:
    value = shift = 0
    while at < len(content) and shift < 64:
        byte = content[at]
        value, shift, at = value | (byte & 127) << shift, shift + 7, at + 1
        if byte < 128:
            break
    return value, at
