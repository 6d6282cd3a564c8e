"""What a start leaves behind, and the requests after it would pay for."""

import ctypes
import gc
import sys


def keep() -> None:
    """Leave what was imported out of every later garbage collection: it stays anyway."""
    gc.freeze()


def give_back() -> None:
    """Return to the system what reading a model took for a moment; elsewhere than with glibc nothing changes."""
    if sys.platform == "linux" and hasattr(libc := ctypes.CDLL(None), "malloc_trim"):
        libc.malloc_trim(0)
