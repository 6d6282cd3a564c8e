"""Several processes behind one port: a worker a core, a candidate in their shadow; one that ends is started again."""

import asyncio
import os
import shutil
import signal
import socket
import sys
import tempfile
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import NamedTuple

from paved_road.findings import problem
from paved_road.serving import snapshots
from paved_road.serving.logs import Log

LONGEST_WAIT = 60.0
"""Between two starts of a process that ends again and again."""

_CGROUP = Path("/sys/fs/cgroup/cpu.max")


class Role(NamedTuple):
    """What a process is started for.

    Attributes:
        name: ``worker`` or ``shadow``.
        arguments: of `road serve`.
        needed: whether nothing is served unless it gets ready.
    """

    name: str
    arguments: Sequence[str]
    needed: bool


def cores() -> int:
    """Cores that this process may use, in a container too."""
    known = len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1
    try:
        quota, period = _CGROUP.read_text(encoding="ascii").split()
        return max(1, min(known, -(-int(quota) // int(period))))
    except (OSError, ValueError):  # no such file, or no limit
        return known


def run(roles: Sequence[Role], listening: socket.socket, log: Log, ready: Callable[[], None]) -> None:
    """Keep a process of each role until told to stop (SIGTERM, SIGINT); SIGHUP is passed on.

    Args:
        roles: what to start; a worker is given `listening`.
        listening: where to listen.
        log: where to say what happens.
        ready: called once every process that is needed answers.

    Raises:
        Problem: one that is needed ended before it was ready; it has said why.
    """
    folder = Path(tempfile.mkdtemp(prefix="road-"))
    try:
        failed = asyncio.run(_Supervisor(folder, listening, log).keep(roles, ready))
    finally:
        shutil.rmtree(folder, ignore_errors=True)
        log.close()
    if failed:
        raise problem("SERVE008", "a worker ended before it was ready", "see what it said above")


class _Supervisor:
    def __init__(self, folder: Path, listening: socket.socket, log: Log) -> None:
        self._folder, self._listening, self._log = folder, listening, log
        self._children: set[asyncio.subprocess.Process] = set()
        self._ready: set[asyncio.subprocess.Process] = set()
        self._stopped, self._failed = asyncio.Event(), False

    async def keep(self, roles: Sequence[Role], ready: Callable[[], None]) -> bool:
        """As `run`; whether a process that is needed never got ready."""
        loop = asyncio.get_running_loop()
        for number in (signal.SIGTERM, signal.SIGINT):
            loop.add_signal_handler(number, self._stop)
        loop.add_signal_handler(signal.SIGHUP, self._hang_up)
        started = [(role, loop.create_future()) for role in roles]
        kept = [asyncio.create_task(self._keep(role, first)) for role, first in started]
        await asyncio.wait([first for role, first in started if role.needed])
        if not self._stopped.is_set():
            ready()
        await asyncio.gather(*kept)
        return self._failed

    async def _keep(self, role: Role, first: asyncio.Future[None]) -> None:
        wait = 1.0
        while not self._stopped.is_set():
            child = await self._start(role)
            assert child.stdout
            if was_ready := bool(await child.stdout.readline()):
                self._ready.add(child)
                if not first.done():
                    first.set_result(None)
            code = await child.wait()
            self._children.discard(child)
            self._ready.discard(child)
            snapshots.end(self._folder, child.pid)
            if not self._stopped.is_set():
                self._log.event("ended", "error", role=role.name, process=child.pid, code=code)
                if role.needed and not first.done():
                    self._failed = True
                    self._stop()
                wait = 1.0 if was_ready else min(2 * wait, LONGEST_WAIT)
                await self._pause(wait)
        if not first.done():
            first.set_result(None)

    async def _start(self, role: Role) -> asyncio.subprocess.Process:
        listening = self._listening.fileno()
        command = [sys.executable, "-m", "paved_road", "serve", "--role", role.name, "--shared", str(self._folder)]
        child = await asyncio.create_subprocess_exec(
            *command,
            *("--fd", str(listening)),
            *role.arguments,
            "--until-eof",  # it ends with this process, however this one ends
            stdin=asyncio.subprocess.PIPE,
            stdout=asyncio.subprocess.PIPE,
            pass_fds=(listening,),
            start_new_session=True,  # Ctrl+C is for this process, which passes it on in order
        )
        self._children.add(child)
        if self._stopped.is_set():
            child.terminate()
        return child

    async def _pause(self, seconds: float) -> None:
        try:
            await asyncio.wait_for(self._stopped.wait(), seconds)
        except TimeoutError:
            return

    def _stop(self) -> None:
        self._stopped.set()
        self._listening.close()  # the last worker to close its own turns callers away
        for child in self._children:
            if child.returncode is None:
                child.terminate()

    def _hang_up(self) -> None:
        for child in self._ready:  # one that is not would end of it, and has yet to read the folder anyway
            if child.returncode is None:
                child.send_signal(signal.SIGHUP)
