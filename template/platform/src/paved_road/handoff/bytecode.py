"""Bytecode of an image that follows from its sources alone, whenever they were installed; the Dockerfile calls it."""

import py_compile
import sys
from importlib.util import source_from_cache
from pathlib import Path

_UNCHECKED = py_compile.PycInvalidationMode.UNCHECKED_HASH


def settle(prefix: Path) -> None:
    """Write all bytecode again without the time of the source, which no two builds share.

    Python then takes it without a look at the source: only for a disk that takes no write.

    Args:
        prefix: where Python keeps its bytecode, `PYTHONPYCACHEPREFIX`.
    """
    for file in sorted(prefix.rglob("*.pyc")):
        py_compile.compile(source_from_cache(str(file)), str(file), doraise=True, invalidation_mode=_UNCHECKED)


if __name__ == "__main__":
    settle(Path(str(sys.pycache_prefix)))
