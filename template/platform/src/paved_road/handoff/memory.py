"""A limit to what reading a model may take: some hundred bytes can describe tensors of any size."""

import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

_ONE_AT_A_TIME = threading.Lock()


@contextmanager
def limited(most: int) -> Iterator[None]:
    """Grant this process no more than so many bytes beside those that it has; elsewhere than on Linux nothing changes.

    What asks for more raises, as far as a library lets `MemoryError` or its own out.
    """
    if sys.platform != "linux":
        yield
        return
    import resource

    with _ONE_AT_A_TIME:
        soft, hard = resource.getrlimit(resource.RLIMIT_DATA)
        wanted = int(Path("/proc/self/statm").read_text().split()[5]) * resource.getpagesize() + most
        granted = wanted if soft == resource.RLIM_INFINITY else min(wanted, soft)
        resource.setrlimit(resource.RLIMIT_DATA, (granted, hard))
        try:
            yield
        finally:
            resource.setrlimit(resource.RLIMIT_DATA, (soft, hard))
