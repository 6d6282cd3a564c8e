"""One process that serves one handoff folder: a socket, a service, and a model that is loaded meanwhile."""

import asyncio
import errno
import signal
import socket
from collections.abc import Callable
from pathlib import Path
from types import FrameType

import uvicorn

from paved_road.findings import Problem, problem
from paved_road.handoff.manifest import Manifest
from paved_road.serving import model
from paved_road.serving.app import Service

KEEP_ALIVE_SECONDS = 75
"""Longer than proxies keep a connection, so that none sends a request into one that is being closed."""

GRACE_SECONDS = 20
"""For requests under way when the process is told to stop; less than Kubernetes waits until it kills."""


class Server(uvicorn.Server):
    """Loads the model once it listens, so that probes are answered from the start."""

    def __init__(self, folder: Path, evidence: Manifest, key: Path | None, ready: Callable[[], None]) -> None:
        self._folder, self._evidence, self._key, self._ready = folder, evidence, key, ready
        self._service = Service(evidence)
        self._loading: asyncio.Task[None] | None = None
        self.failure: Exception | None = None
        super().__init__(
            uvicorn.Config(
                self._service,
                interface="asgi3",
                lifespan="off",
                ws="none",
                access_log=False,
                log_level="warning",
                server_header=False,
                proxy_headers=False,
                timeout_keep_alive=KEEP_ALIVE_SECONDS,
                timeout_graceful_shutdown=GRACE_SECONDS,
            )
        )

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        await super().startup(sockets)
        self._loading = asyncio.create_task(self._load())

    async def _load(self) -> None:
        try:
            self._service.model = await asyncio.to_thread(model.load, self._folder, self._evidence, self._key)
            self._ready()
        except Exception as error:
            # Raised by `run`, once the server has stopped.
            self.failure, self.should_exit = error, True


def run(
    folder: Path, evidence: Manifest, listening: socket.socket, ready: Callable[[], None], key: Path | None = None
) -> None:
    """Serve until told to stop (SIGTERM, SIGINT), then answer what is under way and return.

    Args:
        folder: handoff folder.
        evidence: its manifest.
        listening: where to listen, from `bind`.
        ready: called once the model answers.
        key: the public key that the handoff must be signed with; a native format asks for one.

    Raises:
        Problem: the model cannot be loaded.
    """
    server = Server(folder, evidence, key, ready)

    def stop(number: int, frame: FrameType | None) -> None:
        server.should_exit = True

    # uvicorn raises the signal that stopped it once more when it is done; a stop that was asked for is no failure.
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, stop)
    server.run(sockets=[listening])
    if server.failure:
        raise server.failure


def bind(host: str, port: int) -> socket.socket:
    """A socket on that host and port.

    Raises:
        Problem: the port is in use or not allowed, or the host is not this machine's.
    """
    try:
        family, kind, protocol, _, address = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)[0]
        bound = socket.socket(family, kind, protocol)
    except OSError as error:
        raise _cannot_listen(host, port, error) from error
    try:
        bound.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        bound.bind(address)
        bound.listen(2048)
    except OSError as error:
        bound.close()
        raise _cannot_listen(host, port, error) from error
    return bound


def _cannot_listen(host: str, port: int, error: OSError) -> Problem:
    if error.errno == errno.EADDRINUSE:
        remedy = f"stop what listens there, or take another port: `road serve --port {port + 1}`"
        return problem("SERVE003", f"port {port} on {host} is in use", remedy)
    if error.errno == errno.EACCES:
        return problem("SERVE003", f"port {port} is not allowed for this user", "take one above 1023, such as 8000")
    return problem("SERVE003", f"cannot listen on {host}: {error.strerror or error}", "give an address of this machine")
