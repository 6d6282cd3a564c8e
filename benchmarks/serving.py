"""How much of a bare server's rate is left by validation, metrics and problem documents.

Serves one handoff folder twice: with `road serve`, and with the least that could answer (ASGI, msgspec, onnxruntime, no
checks), written below. Both run at once; rounds alternate between them, so that a busy machine slows both.

    python benchmarks/serving.py --handoff fraud-scoring/handoff --check
"""

import argparse
import asyncio
import json
import shutil
import socket
import statistics
import subprocess
import sys
import tempfile
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime
from pathlib import Path
from typing import Any

import uvloop

FLOOR = 0.6
"""Least share of the bare server's rate of single records."""

CLIENTS = 8
MANY = 100
LUA = 'wrk.method = "POST"\nwrk.headers["content-type"] = "application/json"\nwrk.body = [==[{body}]==]\n'


def main() -> None:
    arguments = _arguments()
    if arguments.bare:
        return serve_bare(arguments.handoff, arguments.bare)
    results = measure(arguments.handoff, arguments.rounds, arguments.seconds)
    print(json.dumps(results, indent=2) if arguments.json else table(results))
    ratio = results["single"]["ratio"]
    if arguments.check and ratio < FLOOR:
        sys.exit(f"single records: {ratio:.2f} of the bare server's rate, and the floor is {FLOOR}")


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--handoff", type=Path, required=True, help="folder with a manifest and its artifact")
    parser.add_argument("--rounds", type=int, default=7, help="pairs of measurements")
    parser.add_argument("--seconds", type=float, default=1.5, help="length of one measurement")
    parser.add_argument("--json", action="store_true", help="print JSON instead of a table")
    parser.add_argument("--check", action="store_true", help=f"exit 1 below {FLOOR} for single records")
    parser.add_argument("--bare", type=int, metavar="PORT", help=argparse.SUPPRESS)
    return parser.parse_args()


def measure(folder: Path, rounds: int, seconds: float) -> dict[str, Any]:
    """Rates of both servers, requests per second, and the median of their ratios; by the size of a request."""
    from paved_road.contracts import examples
    from paved_road.handoff import manifest

    promise = manifest.load(folder).contract.promise
    record = examples.record(promise)
    sizes: dict[str, Any] = {"single": record}
    if promise.service_level.max_records >= MANY:
        sizes[f"{MANY} records"] = [record] * MANY
    ours = [sys.executable, "-m", "paved_road", "serve", "--handoff", str(folder), "--port"]
    bare = [sys.executable, __file__, "--handoff", str(folder), "--bare"]
    with _server(ours) as our_port, _server(bare) as bare_port:
        return {
            size: _compare(json.dumps(body).encode(), our_port, bare_port, rounds, seconds)
            for size, body in sizes.items()
        }


def _compare(body: bytes, our_port: int, bare_port: int, rounds: int, seconds: float) -> dict[str, Any]:
    pairs = [(rate(our_port, body, seconds), rate(bare_port, body, seconds)) for _ in range(rounds + 1)]
    del pairs[0]  # warming up
    return {
        "paved_road": round(statistics.median(ours for ours, _ in pairs)),
        "bare": round(statistics.median(bare for _, bare in pairs)),
        "ratio": round(statistics.median(ours / bare for ours, bare in pairs), 3),
        "ratios": [round(ours / bare, 3) for ours, bare in pairs],
    }


def table(results: dict[str, Any]) -> str:
    """Results for a person."""
    lines = [f"{'requests per second, ' + str(CLIENTS) + ' clients':<34} {'road serve':>12} {'bare':>8} {'ratio':>7}"]
    for size, result in results.items():
        lines.append(f"{size:<34} {result['paved_road']:>12,} {result['bare']:>8,} {result['ratio']:>7.2f}")
    return "\n".join(lines)


@contextmanager
def _server(command: list[str]) -> Iterator[int]:
    """A server in a process of its own, until the end of the block; gives its port."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
    process = subprocess.Popen([*command, str(port)], stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    try:
        _wait(process, port)
        yield port
    finally:
        process.terminate()
        process.wait(timeout=30)


def _wait(process: subprocess.Popen[bytes], port: int, patience: float = 30) -> None:
    until = time.perf_counter() + patience
    while time.perf_counter() < until and process.poll() is None:
        try:
            urllib.request.urlopen(f"http://127.0.0.1:{port}/readyz", timeout=5)
            return
        except (urllib.error.URLError, ConnectionError):
            time.sleep(0.02)
    sys.exit(f"a server did not become ready: {' '.join(process.args)}")  # type: ignore[arg-type]


# The client ----------------------------------------------------------------------------------------------------------


def rate(port: int, body: bytes, seconds: float) -> float:
    """Requests per second that `CLIENTS` connections get answered, each with one under way at a time."""
    if shutil.which("wrk"):
        return _wrk(port, body, seconds)
    return uvloop.run(_closed_loop(port, body, seconds))


def _wrk(port: int, body: bytes, seconds: float) -> float:
    with tempfile.NamedTemporaryFile("w", suffix=".lua") as script:
        script.write(LUA.replace("{body}", body.decode()))
        script.flush()
        command = ["wrk", "-t1", f"-c{CLIENTS}", f"-d{max(round(seconds), 1)}s", "-s", script.name]
        said = subprocess.run(
            [*command, f"http://127.0.0.1:{port}/v1/predict"], check=True, capture_output=True, text=True
        ).stdout
    if "Non-2xx" in said:
        sys.exit(f"a server refused the contract's example:\n{said}")
    return float(said.split("Requests/sec:")[1].split()[0])


async def _closed_loop(port: int, body: bytes, seconds: float) -> float:
    loop = asyncio.get_running_loop()
    started = loop.time()
    callers = [
        (await loop.create_connection(lambda: Caller(body, started + seconds), "127.0.0.1", port))[1]
        for _ in range(CLIENTS)
    ]
    await asyncio.gather(*(caller.done for caller in callers))
    return sum(caller.answered for caller in callers) / (loop.time() - started)


class Caller(asyncio.Protocol):
    """Sends the same request again as soon as it is answered."""

    def __init__(self, body: bytes, until: float) -> None:
        head = f"POST /v1/predict HTTP/1.1\r\nhost: bench\r\ncontent-length: {len(body)}\r\n\r\n"
        self._request = head.encode() + body
        self._loop, self._until = asyncio.get_running_loop(), until
        self._got = b""
        self.done: asyncio.Future[None] = self._loop.create_future()
        self.answered = 0

    def connection_made(self, transport: Any) -> None:
        self._transport = transport
        self._transport.write(self._request)

    def data_received(self, data: bytes) -> None:
        self._got += data
        head, end, answer = self._got.partition(b"\r\n\r\n")
        if not end or len(answer) < int(head.partition(b"content-length: ")[2].partition(b"\r\n")[0]):
            return
        if not head.startswith(b"HTTP/1.1 200"):
            self.done.set_exception(RuntimeError(f"a server refused the contract's example: {answer.decode()}"))
            return
        self._got = b""
        self.answered += 1
        if self._loop.time() < self._until:
            self._transport.write(self._request)
        else:
            self.done.set_result(None)
            self._transport.close()

    def connection_lost(self, error: Exception | None) -> None:
        if not self.done.done():
            self.done.set_exception(ConnectionError("a server closed the connection"))


# The bare server -----------------------------------------------------------------------------------------------------

TYPES = {"number": float, "integer": float, "boolean": bool, "string": str, "timestamp": datetime}


def serve_bare(folder: Path, port: int) -> None:
    """The least that could answer: no ranges, no values, no limits, no checks of what the model gives."""
    import msgspec
    import numpy as np
    import onnxruntime as ort
    import uvicorn
    from paved_road.contracts import records
    from paved_road.handoff import manifest

    evidence = manifest.load(folder)
    promise = evidence.contract.promise
    inputs = [*promise.numbers, *promise.strings]
    width, times = len(promise.numbers), [at for at, field in enumerate(promise.numbers) if field.type == "timestamp"]
    fields: Any = [(f"f{at}", TYPES[field.type] | None, None) for at, field in enumerate(inputs)]
    names = {f"f{at}": field.name for at, field in enumerate(inputs)}
    record: Any = msgspec.defstruct("Record", fields, rename=names, gc=False)
    decode, encode = msgspec.json.Decoder(record | list[record]).decode, msgspec.json.Encoder().encode
    options = ort.SessionOptions()
    options.intra_op_num_threads = 1
    session = ort.InferenceSession(str(folder / evidence.artifact.file.path), options)
    outputs, kinds = [records.OUTPUTS[promise.task]], {node.name for node in session.get_inputs()}

    def predict(body: bytes) -> bytes:
        asked = decode(body)
        many = asked if isinstance(asked, list) else [asked]
        rows = [list(msgspec.structs.astuple(one)) for one in many]
        for row in rows:
            for at in times:
                row[at] = row[at].timestamp() if row[at] else None
        feed = {}
        if "numbers" in kinds:
            feed["numbers"] = np.array([row[:width] for row in rows], dtype=np.float64)
        if "strings" in kinds:
            feed["strings"] = np.array([[value or "" for value in row[width:]] for row in rows], dtype=object)
        given = session.run(outputs, feed)[0].tolist()
        return encode(given if many is asked else given[0])

    async def app(scope: Any, receive: Any, send: Any) -> None:
        answer = b"" if scope["method"] == "GET" else predict((await receive())["body"])
        headers = [(b"content-type", b"application/json"), (b"content-length", str(len(answer)).encode())]
        await send({"type": "http.response.start", "status": 200, "headers": headers})
        await send({"type": "http.response.body", "body": answer})

    uvicorn.run(app, port=port, lifespan="off", access_log=False, log_level="warning")


if __name__ == "__main__":
    main()
