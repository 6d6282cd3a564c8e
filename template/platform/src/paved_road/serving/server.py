"""One process that serves one handoff folder: a socket, a service, and a model that is loaded meanwhile."""

import asyncio
import logging
import os
import signal
import socket
from collections.abc import Callable
from itertools import chain
from pathlib import Path
from types import FrameType
from typing import Any, NamedTuple

import uvicorn

from paved_road.handoff.manifest import Manifest
from paved_road.serving import footprint, model, spans
from paved_road.serving.app import Service
from paved_road.serving.connection import Connection
from paved_road.serving.exposition import Exposition
from paved_road.serving.listening import turn_away
from paved_road.serving.logs import Handler, Log
from paved_road.serving.sampling import Sampler
from paved_road.serving.settings import Settings
from paved_road.serving.shadow import Sender
from paved_road.serving.shared import Shared
from paved_road.serving.switch import Switch

KEEP_ALIVE_SECONDS = 75
"""Longer than proxies keep a connection, so that none sends a request into one that is being closed."""

GRACE_SECONDS = 15
"""For requests under way once nobody new is served; with all before it less than Kubernetes waits until it kills."""

QUIET_SECONDS = 0.2
"""Once told to stop: when no request came for so long, the callers have left."""


class Served(NamedTuple):
    """What is served.

    Attributes:
        folder: a handoff folder, or a link to one.
        evidence: its manifest.
        watch: whether another version that comes into the folder is served from then on.
        key: the public key that it must be signed with, if it must.
        shared: folder of the processes that count together, if there are several.
        shadowed: whether a candidate among them predicts too.
    """

    folder: Path
    evidence: Manifest
    watch: bool = False
    key: Path | None = None
    shared: Path | None = None
    shadowed: bool = False


class Server(uvicorn.Server):
    """Loads the model once it listens, so that probes are answered from the start."""

    def __init__(self, served: Served, settings: Settings, log: Log, ready: Callable[[], None]) -> None:
        self._served, self._settings, self._ready = served, settings, ready
        self.service = Service(served.evidence, log=log, request_seconds=settings.request_seconds)
        self._switch = Switch(served.folder, served.key, self.service, log)
        if settings.sample:
            self.service.told.append(Sampler(settings.sample, served.folder, log))
        self._tasks: list[asyncio.Task[Any]] = []
        self._shared: Shared | None = None
        self.failure: Exception | None = None
        super().__init__(
            uvicorn.Config(
                self.service,
                interface="asgi3",
                http=Connection,
                lifespan="off",
                ws="none",
                access_log=False,
                log_config=None,
                server_header=False,
                proxy_headers=False,
                timeout_keep_alive=KEEP_ALIVE_SECONDS,
                timeout_graceful_shutdown=GRACE_SECONDS,
            )
        )

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        if self._served.shared:
            # Among several, one that is not ready yet leaves callers to the others.
            self._share(self._served.shared)
            await self._load()
            await super().startup(sockets)
        else:
            await super().startup(sockets)
            self._tasks.append(asyncio.create_task(self._load()))
        self._tasks.append(asyncio.create_task(self._expire()))

    def _share(self, folder: Path) -> None:
        """Count together with the other processes, and hand on what was answered."""
        collectors: list[Exposition | Sender] = [self.service.exposition]
        if self._served.shadowed:
            sender = Sender(folder)
            self.service.told.append(lambda release, _, body, given: sender.send(release.version, body, given.body))
            self._tasks.append(asyncio.create_task(sender.keep_connected()))
            collectors.append(sender)
        self._shared = Shared(folder, lambda: chain.from_iterable(each.collect() for each in collectors))
        self.service.collect = self._shared.collect
        self._tasks.append(asyncio.create_task(self._shared.keep_saving(lambda: self.server_state.total_requests)))

    async def _load(self) -> None:
        served = self._served
        try:
            loaded = await asyncio.to_thread(model.load, served.folder, served.evidence, served.key)
            self.service.switch(served.evidence, loaded)
        except Exception as error:
            # Raised by `run`, once the server has stopped.
            self.failure, self.should_exit = error, True
            return
        if hasattr(signal, "SIGHUP"):
            asyncio.get_running_loop().add_signal_handler(signal.SIGHUP, self._hang_up)
        if served.watch:
            self._tasks.append(asyncio.create_task(self._switch.watch()))
        self._ready()

    def _hang_up(self) -> None:
        self._tasks.append(asyncio.create_task(self._switch.now()))

    async def _expire(self) -> None:
        """Part with callers who are too slow."""
        loop = asyncio.get_running_loop()
        while True:
            await asyncio.sleep(min(1.0, self._settings.request_seconds / 4))
            for connection in list(self.server_state.connections):
                connection.expire(loop.time())  # type: ignore[union-attr]

    async def shutdown(self, sockets: list[socket.socket] | None = None) -> None:
        """Answer whoever still comes, then what is under way, and end."""
        self.service.stopping = True
        if self.failure is None:
            await self._until_quiet(self._settings.drain_seconds)
        await self._close(sockets or [])
        await super().shutdown(None)
        for task in self._tasks:
            task.cancel()
        if self._shared:
            self._shared.save()

    async def _until_quiet(self, seconds: float) -> None:
        """Every answer asks its caller to leave; wait until they have."""
        until = asyncio.get_running_loop().time() + seconds
        answered = -1
        while answered != self.server_state.total_requests and asyncio.get_running_loop().time() < until:
            answered = self.server_state.total_requests
            await asyncio.sleep(QUIET_SECONDS)

    async def _close(self, sockets: list[socket.socket]) -> None:
        """Take no more connections, but those that the system has already taken for us."""
        if not self._served.shared:  # among several, one that is replaced must not close the door of all
            turned_away = [turn_away(each) for each in sockets]
            await asyncio.sleep(QUIET_SECONDS if any(turned_away) else 0)  # whoever was at the door comes in
        taken = [connection for each in sockets for connection in _backlog(each)]
        for server in self.servers:
            server.close()
        for each in sockets:
            each.close()
        loop = asyncio.get_running_loop()
        for connection in taken:
            await loop.connect_accepted_socket(self._connection, connection)
        if taken:
            await asyncio.sleep(QUIET_SECONDS)

    def _connection(self) -> Connection:
        return Connection(self.config, self.server_state, self.lifespan.state)


def run(served: Served, listening: socket.socket, settings: Settings, ready: Callable[[], None]) -> None:
    """Serve until told to stop (SIGTERM, SIGINT), then answer what is under way and return.

    Args:
        served: what to serve.
        listening: where to listen, from `bind`.
        settings: the operator's.
        ready: called once the model answers.

    Raises:
        Problem: the model cannot be loaded.
    """
    log = open_log(settings)
    server = Server(served, settings, log, ready)
    server.service.trace = spans.start(os.environ, served.evidence.contract.promise.name, log)

    def stop(number: int, frame: FrameType | None) -> None:
        server.should_exit = True

    # uvicorn raises the signal that stopped it once more when it is done; a stop that was asked for is no failure.
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, stop)
    if hasattr(signal, "SIGHUP"):
        signal.signal(signal.SIGHUP, signal.SIG_IGN)  # until there is a version to switch from
    footprint.keep()
    try:
        server.run(sockets=[listening])
    finally:
        if server.service.trace:
            server.service.trace.close()
        log.close()
    if server.failure:
        raise server.failure


def open_log(settings: Settings) -> Log:
    """The log, which takes what libraries log too."""
    log = Log(settings.log)
    logging.getLogger().addHandler(Handler(log))
    return log


def _backlog(listening: socket.socket) -> list[socket.socket]:
    """Connections that wait to be taken; the system is told to let no more in."""
    taken: list[socket.socket] = []
    listening.setblocking(False)
    listening.listen(0)
    try:
        while True:
            taken.append(listening.accept()[0])
    except OSError:
        return taken
