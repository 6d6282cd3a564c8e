"""Another version in place of the one that answers, while it answers; one that does not hold changes nothing."""

import asyncio
from pathlib import Path

from paved_road.findings import Problem, problem
from paved_road.handoff import manifest
from paved_road.handoff.manifest import Manifest
from paved_road.serving import model
from paved_road.serving.app import Service
from paved_road.serving.logs import Log

WATCH_SECONDS = 1.0
_LONGEST_WAIT = 60.0


class Switch:
    """Loads what a handoff folder, or a link to one, now holds."""

    def __init__(self, folder: Path, key: Path | None, service: Service, log: Log) -> None:
        self._folder, self._key, self._service, self._log = folder, key, service, log
        self._one_at_a_time = asyncio.Lock()
        self._said = ""

    async def now(self) -> bool:
        """Switch, if the folder holds another version; whether it is the folder's version that answers."""
        async with self._one_at_a_time:
            before = self._service.release
            try:
                found = await asyncio.to_thread(_load, self._folder.resolve(), self._key, before.evidence)
            except Exception as error:
                self._refuse(error)
                return False
            if found is not None:
                self._service.switch(*found)
                self._service.exposition.switches["done"] += 1
                self._log.event("switched", to=self._service.release.version, version=before.version)
            self._said = ""
            return True

    async def watch(self) -> None:
        """Switch whenever the folder's manifest changed; what was refused is tried again, ever more rarely."""
        seen: tuple[int, ...] | None = None  # what came since the start is looked for too
        wait = WATCH_SECONDS
        while True:
            await asyncio.sleep(wait)
            if (stamp := _stamp(self._folder)) == seen:
                continue
            if await self.now():
                seen, wait = stamp, WATCH_SECONDS
            else:
                wait = min(wait * 2, _LONGEST_WAIT)

    def _refuse(self, error: Exception) -> None:
        why = str(error) or type(error).__name__
        if why != self._said:  # a watched folder is tried again and again
            codes = [finding.code for finding in error.findings] if isinstance(error, Problem) else []
            version = self._service.release.version
            self._log.event("switch refused", "error", why=why, codes=codes, version=version)
        self._said = why
        self._service.exposition.switches["refused"] += 1


def _load(folder: Path, key: Path | None, before: Manifest) -> tuple[Manifest, model.Model] | None:
    """The folder's version, loaded; nothing if it is the one that answers.

    Raises:
        Problem: it does not hold, or is not a version of this model that callers can be switched to.
    """
    evidence = manifest.load(folder)
    if evidence.seal == before.seal:
        return None
    was, now = before.contract.promise, evidence.contract.promise
    if now.name != was.name:
        fact = f"{now.name} is handed over there, and {was.name} is served here"
        raise problem("SERVE007", fact, "start a server of its own for it")
    if now.version.split(".")[0] != was.version.split(".")[0]:
        fact = f"version {now.version} breaks callers of version {was.version}"
        raise problem("SERVE007", fact, "start a server of its own for it, and move the callers")
    return evidence, model.load(folder, evidence, key)


def _stamp(folder: Path) -> tuple[int, ...]:
    """What differs once a manifest, or a link to its folder, was replaced; no matter what clocks say."""
    try:
        found = (folder / "manifest.json").stat()
    except OSError:
        return ()
    return found.st_dev, found.st_ino, found.st_mtime_ns, found.st_size
