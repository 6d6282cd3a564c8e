"""The bytes of an artifact, whatever its format: read whole, and never more of them than any format here holds."""

from pathlib import Path

from paved_road.findings import problem

LARGEST = 2**31 - 1
"""Bytes that a protobuf message can have, and so an ONNX file; a native format gets no more."""


def read(path: Path) -> bytes:
    """The bytes of a file.

    Raises:
        Problem: missing, or too large; of what is too large nothing is read.
    """
    try:
        size = path.stat().st_size
        if size > LARGEST:
            fact = f"has {size:,} bytes, and an artifact holds at most {LARGEST:,}"
            raise problem("ARTIFACT002", fact, "train and export a smaller model", path=path.name)
        return path.read_bytes()
    except OSError as error:
        fact = f"cannot be read: {error.strerror or error}"
        raise problem("ARTIFACT001", fact, "restore it from git, or fetch it again", path=path.name) from error
