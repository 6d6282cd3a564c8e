"""A real server under real traffic: every request that was sent is counted, and so is what became of it."""

import asyncio
import json
import os
import signal
import subprocess
import sys
import threading
import time
import urllib.error
import urllib.request
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from serving_examples import RECORD

BODY = json.dumps(RECORD).encode()
PATIENCE = 60


class Running:
    """A `road serve` that is ready.

    Attributes:
        process: it.
        port: where it listens.
        said: what it said when it was ready.
    """

    def __init__(self, process: "subprocess.Popen[bytes]", said: dict[str, Any], log: Path) -> None:
        self.process, self.said, self._log = process, said, log
        self.url = said["url"]
        self.port = int(self.url.rpartition(":")[2])

    def ask(
        self, path: str = "/v1/predict", body: bytes | None = BODY, **headers: str
    ) -> tuple[int, Any, dict[str, str]]:
        """Status, document or text, and headers of an answer."""
        body = body if path == "/v1/predict" else None
        request = urllib.request.Request(
            self.url + path, body, {name.replace("_", "-"): v for name, v in headers.items()}
        )
        try:
            with urllib.request.urlopen(request, timeout=PATIENCE) as answer:
                status, content, got = answer.status, answer.read(), dict(answer.headers)
        except urllib.error.HTTPError as error:
            with error:
                status, content, got = error.code, error.read(), dict(error.headers)
        return status, json.loads(content) if "json" in got.get("content-type", "") else content.decode(), got

    def metric(self, name: str) -> float:
        """A sample of `/metrics`, by its name and labels; 0 if there is none."""
        for line in self.ask("/metrics")[1].splitlines():
            if line.rpartition(" ")[0] == name:
                return float(line.rpartition(" ")[2])
        return 0.0

    def signal(self, number: signal.Signals) -> None:
        self.process.send_signal(number)

    def logged(self) -> list[dict[str, Any]]:
        """The lines of its log so far; what a process said before it had a log is none."""
        return [json.loads(line) for line in self._log.read_text().splitlines() if line.startswith("{")]

    def events(self, name: str) -> list[dict[str, Any]]:
        return [line for line in self.logged() if line["event"] == name]


@contextmanager
def running(folder: Path, log: Path, *arguments: str, **variables: str) -> Iterator[Running]:
    """Serve a handoff folder on a free port; it is killed at the end, if it still runs."""
    command = [sys.executable, "-m", "paved_road", "serve", "--handoff", str(folder), "--port", "0", "--json"]
    with log.open("wb") as errors:
        process = subprocess.Popen(
            [*command, *arguments], stdout=subprocess.PIPE, stderr=errors, env=os.environ | variables
        )
    try:
        assert process.stdout
        line = process.stdout.readline()
        assert line, log.read_text()
        yield Running(process, json.loads(line), log)
    finally:
        process.kill()
        process.communicate()


def wait_until(condition: Any) -> None:
    until = time.monotonic() + PATIENCE
    while not condition():
        assert time.monotonic() < until, "it never came"
        time.sleep(0.02)


class Traffic(threading.Thread):
    """Clients that each send the next request once the last is answered; a closed connection is opened again.

    Attributes:
        seen: requests by what became of them: a status; ``lost``, if one was sent whole and never answered whole;
            ``reset``, the same of the first one on its connection; ``refused``, if nobody took the connection.
        versions: of the model that answered, in order.
    """

    def __init__(self, port: int, clients: int = 8, body: bytes = BODY, keep: bool = True) -> None:
        super().__init__(daemon=True)
        self._port, self._clients, self._keep = port, clients, keep
        head = f"POST /v1/predict HTTP/1.1\r\nhost: test\r\ncontent-length: {len(body)}\r\n"
        self._request = (head + ("" if keep else "connection: close\r\n") + "\r\n").encode() + body
        self._halted = False
        self.seen: Counter[str] = Counter()
        self.versions: list[str] = []

    def __enter__(self) -> "Traffic":
        self.start()
        wait_until(lambda: self.seen["200"] > 20)
        return self

    def __exit__(self, *error: object) -> None:
        self.halt()

    def halt(self) -> Counter[str]:
        """Let each client finish its request, and stop."""
        self._halted = True
        self.join(PATIENCE)
        assert not self.is_alive()
        return self.seen

    def run(self) -> None:
        async def everyone() -> None:
            await asyncio.gather(*(self._client() for _ in range(self._clients)))

        asyncio.run(everyone())

    async def _client(self) -> None:
        while not self._halted:
            try:
                reader, writer = await asyncio.open_connection("127.0.0.1", self._port)
            except OSError:
                self.seen["refused"] += 1
                await asyncio.sleep(0.02)
                continue
            served = False
            try:
                while await self._ask(reader, writer) and not self._halted:
                    served = True
            except (OSError, asyncio.IncompleteReadError):
                self.seen["lost" if served else "reset"] += 1
            writer.close()

    async def _ask(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> bool:
        """Send a request, and read its answer; whether the connection may be used again."""
        writer.write(self._request)
        head = (await reader.readuntil(b"\r\n\r\n")).decode().lower()
        headers = dict(line.split(": ", 1) for line in head.split("\r\n")[1:] if line)
        await reader.readexactly(int(headers["content-length"]))
        self.seen[head.split()[1]] += 1
        version = headers.get("x-model-version", "")
        if not self.versions or self.versions[-1] != version:
            self.versions.append(version)
        return headers.get("connection") != "close"
