"""Where work runs, with joblib before it: this machine's processes, or the Ray cluster that RAY_ADDRESS names."""

import os
import socket
import sys
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager, redirect_stdout
from dataclasses import dataclass
from importlib.util import find_spec
from typing import Any
from urllib.parse import urlsplit
from uuid import uuid4

import numpy as np

from paved_road.findings import problem

ADDRESS = "RAY_ADDRESS"
PATIENCE_S = 5.0
"""How long a cluster may take to answer; Ray itself would go on trying for minutes."""


class Lost(Exception):
    """A worker ended in the middle of its work; what it had not finished can be given out again."""


@dataclass(frozen=True)
class Shared:
    """Bytes that every worker can read, without being sent with each piece of work."""

    token: str
    held: Any

    def once(self, make: Callable[[bytes], Any]) -> Any:
        """What is made of the bytes; made once in a process, however much work it gets."""
        if self.token not in _MADE:
            _MADE[self.token] = make(self._read())
        return _MADE[self.token]

    def _read(self) -> bytes:
        if isinstance(self.held, np.ndarray):
            return self.held.tobytes()
        import ray

        content: bytes = ray.get(self.held).tobytes()
        return content


_MADE: dict[str, Any] = {}


class Workers:
    """Workers that are ready.

    Attributes:
        count: how many work at once.
        shown: what they are, in words.
    """

    def __init__(self, parallel: Any, count: int, shown: str, share: Callable[[Any], Any]) -> None:
        self.count = count
        self.shown = shown
        self._parallel = parallel
        self._share = share

    def share(self, content: bytes) -> Shared:
        """Put bytes where every worker can read them."""
        return Shared(uuid4().hex, self._share(np.frombuffer(content, dtype=np.uint8)))

    def each(self, function: Callable[..., Any], pieces: Iterable[Any]) -> list[Any]:
        """What a function returns for each piece of work, in their order.

        Raises:
            Lost: if a worker was killed, or its machine went away; the workers are whole again afterwards.
        """
        from joblib import delayed

        try:
            found: list[Any] = self._parallel(delayed(function)(piece) for piece in pieces)
        except Exception as error:
            if type(error).__module__.partition(".")[0] not in ("joblib", "ray"):
                raise
            raise Lost((str(error).strip().splitlines() or [type(error).__name__])[0]) from error
        return found


@contextmanager
def hired(count: int | None = None, gpus: float = 0) -> Iterator[Workers]:
    """Workers for as long as the block lasts.

    Args:
        count: how many; as many as there are cores, or GPUs, if left out.
        gpus: of a cluster's GPUs for each worker.

    Raises:
        Problem: a package is missing, or no cluster answers at the address.
    """
    require("joblib", "score", "to work in several processes")
    address = os.environ.get(ADDRESS, "")
    with _cluster(address, count, gpus) if address else _processes(count) as workers:
        yield workers


@contextmanager
def _processes(count: int | None) -> Iterator[Workers]:
    from joblib import Parallel, cpu_count

    count = count or cpu_count()
    with Parallel(n_jobs=count, batch_size=1, pre_dispatch="all") as parallel:
        yield Workers(parallel, count, "1 process" if count == 1 else f"{count} processes", lambda array: array)


@contextmanager
def _cluster(address: str, count: int | None, gpus: float) -> Iterator[Workers]:
    require("ray", "ray", f"to work on the cluster at {ADDRESS}={address}")
    _refuse_silence(address)
    with redirect_stdout(sys.stderr):  # Ray prints what goes wrong where a verb prints JSON
        ray = _connected(address)
        from joblib import Parallel, parallel_config
        from ray.util.joblib import register_ray

        try:
            register_ray()
            count = count or _room(ray.cluster_resources(), gpus, address)
            each = {"num_cpus": 1, "num_gpus": gpus, "scheduling_strategy": "SPREAD"}
            with (
                parallel_config(backend="ray", ray_remote_args=each),
                Parallel(n_jobs=count, batch_size=1, pre_dispatch="all") as parallel,
            ):
                yield Workers(parallel, count, f"{count} workers of the Ray cluster at {address}", ray.put)
        finally:
            ray.shutdown()


def _connected(address: str) -> Any:
    os.environ.setdefault("RAY_USAGE_STATS_ENABLED", "0")
    os.environ["RAY_ENABLE_AUTO_CONNECT"] = "0"  # else a thread that outlives the work connects again
    import ray

    try:
        ray.init(address=address, log_to_driver=False, logging_level="critical")
    except Exception as error:  # another version of Ray or Python there, among much else
        said = " ".join(str(error).split())[:300]
        remedy = f"check {ADDRESS}; its nodes run the image of deploy/jobs, see docs/grow.md"
        raise problem("WORKERS002", f"the Ray cluster at {address} cannot be used: {said}", remedy) from error
    return ray


def _refuse_silence(address: str) -> None:
    """Before Ray tries: an address at which nobody listens is known at once."""
    if address in ("auto", "local"):
        return
    place = urlsplit(address if "://" in address else f"//{address}")
    try:
        host, port = place.hostname, place.port or 10001
        socket.create_connection((host or "", port), timeout=PATIENCE_S).close()
    except (OSError, ValueError) as error:
        fact = f"no Ray cluster answers at {ADDRESS}={address}: {error}"
        raise problem("WORKERS002", fact, "check the address, or unset it to work on this machine") from None


def _room(resources: dict[str, float], gpus: float, address: str) -> int:
    kind = "GPU" if gpus else "CPU"
    count = int(resources.get(kind, 0) / (gpus or 1))
    if count < 1:
        fact = f"the Ray cluster at {address} has no free {kind}: {resources.get(kind, 0):g}"
        raise problem("WORKERS003", fact, "add a worker to it, or ask for fewer")
    return count


def require(library: str, extra: str, task: str) -> None:
    """Refuse to begin a task whose library is not installed.

    Raises:
        Problem: saying how to get it.
    """
    if find_spec(library) is None:
        fact = f"{task}, {library} must be installed, and it is not"
        raise problem("WORKERS001", fact, f'run `uv add "paved-road[{extra}]"`')
