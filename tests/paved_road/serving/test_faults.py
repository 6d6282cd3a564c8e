"""Callers and systems at their worst: each refusal has its code, and no request that was accepted is lost."""

import json
import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import psutil
import pytest
from paved_road.contracts.model import ModelContract
from paved_road.serving import listening
from serving_examples import RECORD, contract, hand_over
from traffic import BODY, Running, Traffic, running, wait_until

HEAD = "POST /v1/predict HTTP/1.1\r\nhost: test\r\n"


@pytest.fixture(scope="module")
def server(handoff: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Running]:
    """A server that waits for a request longer than any test takes to send it."""
    with running(handoff, tmp_path_factory.mktemp("log") / "log", ROAD_REQUEST_SECONDS="60") as server:
        yield server


@pytest.fixture(scope="module")
def hasty(handoff: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Running]:
    """A server that waits half a second for a request to arrive."""
    with running(handoff, tmp_path_factory.mktemp("log") / "log", ROAD_REQUEST_SECONDS="0.5") as server:
        yield server


def raw(server: Running, *pieces: bytes, every: float = 0.0) -> bytes:
    """What the server answers to bytes that come in pieces, until it hangs up."""
    with socket.create_connection(("127.0.0.1", server.port), timeout=60) as connection:
        for piece in pieces:
            try:
                connection.sendall(piece)
            except OSError:
                break
            time.sleep(every)
        answer = b""
        try:
            while got := connection.recv(65536):
                answer += got
        except ConnectionResetError:
            pass
    return answer


def problem(answer: bytes) -> dict[str, Any]:
    head, _, body = answer.partition(b"\r\n\r\n")
    assert b"application/problem+json" in head
    document: dict[str, Any] = json.loads(body)
    assert f"HTTP/1.1 {document['status']} ".encode() in head
    return document


# Requests -----------------------------------------------------------------------------------------------------------
DEEP = b"[" * 50_000 + b"]" * 50_000


@pytest.mark.parametrize(
    ("body", "status", "code"),
    [
        (b"", 400, "not-json"),
        (b"{", 400, "not-json"),
        (b"not json", 400, "not-json"),
        (DEEP[:65_000], 400, "not-json"),
        (b'{"a":' * 10_000 + b"1" + b"}" * 10_000, 400, "not-json"),
        (json.dumps(RECORD).encode("utf-16"), 400, "not-json"),
        (json.dumps(RECORD | {"note": "é"}, ensure_ascii=False).encode("latin-1"), 400, "not-json"),
        (b"\xef\xbb\xbf" + BODY, 400, "not-json"),
        (BODY.replace(b"120.5", b"NaN"), 400, "not-json"),
        (BODY.replace(b"120.5", b"Infinity"), 400, "not-json"),
        (BODY.replace(b"120.5", b"1e999"), 422, "contract-broken"),
        (BODY.replace(b"120.5", b'"NaN"'), 422, "contract-broken"),
        (BODY.replace(b"120.5", b"9" * 400), 422, "contract-broken"),
        (BODY.replace(b'"AT"', b'"XX"'), 422, "contract-broken"),
        (BODY.replace(b'"note"', b'"nota"'), 422, "contract-broken"),
        (b"null", 422, "contract-broken"),
        (b"[[]]", 422, "contract-broken"),
        (b"[null, 1]", 422, "contract-broken"),
        (b"[]", 422, "no-records"),
        (json.dumps([RECORD] * 9).encode(), 413, "too-many-records"),
        (b" " * 70_000, 413, "body-too-long"),
    ],
    ids=lambda value: repr(value)[:30],
)
def test_a_bad_body_is_refused_with_its_code(server: Running, body: bytes, status: int, code: str) -> None:
    before = counted(server, code)

    answered, document, headers = server.ask(body=body, x_request_id="mine")

    assert (answered, document["code"]) == (status, code)
    assert headers["content-type"] == "application/problem+json"
    assert headers["x-request-id"] == "mine"
    assert counted(server, code) == before + 1


def counted(server: Running, code: str) -> float:
    """How many requests were refused with this code."""
    lines = server.ask("/metrics")[1].splitlines()
    return sum(
        float(line.split()[-1]) for line in lines if line.startswith("http_refusals_total{") and f'"{code}"' in line
    )


def test_a_compressed_body_is_refused(server: Running) -> None:
    status, document, _ = server.ask(content_encoding="gzip")

    assert (status, document["code"]) == (415, "encoded-body")
    assert "send it as plain JSON in UTF-8" in document["detail"]


@pytest.mark.parametrize(
    "said",
    [
        b"rubbish\r\n\r\n",
        b"\x16\x03\x01\x02\x00\x01\x00",
        b"GET http://[ HTTP/1.1\r\n\r\n",
        HEAD.encode() + b"content-length: x\r\n\r\n",
    ],
    ids=["rubbish", "tls", "url", "length"],
)
def test_what_is_not_http_is_refused(server: Running, said: bytes) -> None:
    answer = raw(server, said)

    assert problem(answer)["code"] == "not-http"


def test_a_body_that_is_too_long_is_refused_before_it_is_sent(hasty: Running) -> None:
    answer = raw(hasty, f"{HEAD}content-length: 99999999\r\nexpect: 100-continue\r\n\r\n".encode())

    assert b"100 Continue" not in answer
    assert problem(answer)["code"] == "body-too-long"


@pytest.mark.parametrize(
    "pieces",
    [
        [HEAD.encode(), *[b"x-slow: 1\r\n"] * 40],
        [HEAD.encode() + b"content-length: 200\r\n\r\n", *[b" "] * 40],
        [HEAD.encode() + b"content-length: 200\r\n\r\n"],
        [HEAD.encode() + b"transfer-encoding: chunked\r\n\r\n", *[b"1\r\n \r\n"] * 40],
    ],
    ids=["head", "body", "no body", "chunks"],
)
def test_a_request_that_trickles_in_is_cut_off(hasty: Running, pieces: list[bytes]) -> None:
    answer = raw(hasty, *pieces, every=0.1)

    document = problem(answer)
    assert (document["status"], document["code"]) == (408, "too-slow")
    assert "did not arrive within 0.5 seconds" in document["detail"]


@pytest.mark.parametrize("pieces", [[b""], [b"\r\n"], [b"\r\n"] * 3], ids=["nothing", "a line", "lines"])
def test_a_connection_without_a_request_is_closed(hasty: Running, pieces: list[bytes]) -> None:
    assert raw(hasty, *pieces, every=0.1) == b""


@pytest.mark.parametrize("path", ["/openapi.json", "/healthz"])
def test_a_caller_who_only_asks_and_takes_no_answers_is_left(hasty: Running, path: str) -> None:
    request = f"GET {path} HTTP/1.1\r\nhost: test\r\n\r\n".encode()
    process = psutil.Process(hasty.process.pid)
    before = process.memory_info().rss
    with socket.create_connection(("127.0.0.1", hasty.port), timeout=60) as greedy, pytest.raises(ConnectionError):
        while True:
            greedy.sendall(request * 100)

    assert hasty.ask()[0] == 200
    assert process.memory_info().rss < before + 64 * 2**20


def test_a_few_requests_may_be_sent_before_the_first_is_answered(server: Running) -> None:
    request = f"{HEAD}content-length: {len(BODY)}\r\n\r\n".encode() + BODY
    last = request.replace(b"host: test", b"host: test\r\nconnection: close")

    answers = raw(server, request * 30 + last)

    assert answers.count(b"HTTP/1.1 200 ") == 31


def test_one_answer_after_the_other_left_lying_ends_the_connection(hasty: Running) -> None:
    request = b"GET /openapi.json HTTP/1.1\r\nhost: test\r\n\r\n"
    with socket.create_connection(("127.0.0.1", hasty.port), timeout=60) as idle, pytest.raises(ConnectionError):
        while True:
            idle.sendall(request)
            time.sleep(0.001)

    assert hasty.ask()[0] == 200


def test_slow_callers_do_not_slow_the_others(server: Running) -> None:
    slow = [socket.create_connection(("127.0.0.1", server.port)) for _ in range(200)]
    for connection in slow:
        connection.sendall(HEAD.encode() + b"content-length: 200\r\n\r\n{")

    answered = [server.ask()[0] for _ in range(20)]

    for connection in slow:
        connection.close()
    assert set(answered) <= {200, 429}
    wait_until(lambda: server.ask()[0] == 200)


# Overload -----------------------------------------------------------------------------------------------------------
def test_more_than_can_be_taken_at_once_is_refused_with_when_to_ask_again(
    server: Running, promise: ModelContract
) -> None:
    most = 8 * promise.service_level.concurrency
    held = [socket.create_connection(("127.0.0.1", server.port)) for _ in range(most)]
    for connection in held:
        connection.sendall(HEAD.encode() + b"content-length: 200\r\n\r\n")
    wait_until(lambda: server.metric("http_requests_in_progress") == most)

    status, document, headers = server.ask()
    probes = [server.ask(path)[0] for path in ("/healthz", "/readyz", "/metrics")]

    for connection in held:
        connection.close()
    assert (status, document["code"], headers["retry-after"]) == (429, "overloaded", "1")
    assert f"{most} requests are under way" in document["detail"]
    assert probes == [200, 200, 200]
    wait_until(lambda: server.metric("http_requests_in_progress") == 0)
    assert server.ask()[0] == 200


def test_ten_times_the_load_is_answered_or_refused_and_none_is_lost(server: Running, promise: ModelContract) -> None:
    clients, before = 10 * 8 * promise.service_level.concurrency, counted(server, "overloaded")

    with Traffic(server.port, clients) as traffic:
        wait_until(lambda: traffic.seen["200"] > 2000)
        probe = server.ask("/readyz")[0]
    seen = traffic.seen

    assert set(seen) == {"200", "429"}
    assert counted(server, "overloaded") == before + seen["429"]
    assert probe == 200
    assert server.ask()[0] == 200


# What lies under it -------------------------------------------------------------------------------------------------
def spoil(folder: Path, how: str) -> None:
    file = next(folder.glob("model-*"))
    match how:
        case "deleted":
            file.unlink()
        case "replaced":
            file.with_name("other").write_bytes(b"no model")
            os.replace(file.with_name("other"), file)
        case "overwritten":
            file.write_bytes(b"no model")
        case "folder gone":
            folder.rename(folder.with_name("gone"))


@pytest.mark.parametrize("how", ["deleted", "replaced", "overwritten", "folder gone"])
def test_a_model_file_that_changes_while_it_is_served_changes_nothing(tmp_path: Path, how: str) -> None:
    hand_over(tmp_path / "handoff", contract())
    with running(tmp_path / "handoff", tmp_path / "log") as server, Traffic(server.port) as traffic:
        spoil(tmp_path / "handoff", how)
        before = traffic.seen["200"]
        wait_until(lambda: traffic.seen["200"] > before + 100)

        server.signal(signal.SIGHUP)

        wait_until(lambda: server.events("switch refused") or how not in ("folder gone",))
        before = traffic.seen["200"]
        wait_until(lambda: traffic.seen["200"] > before + 100)
        assert set(traffic.halt()) == {"200"}
        assert server.ask("/readyz")[0] == 200


def test_a_registry_and_a_store_that_never_answer_are_not_even_asked(tmp_path: Path) -> None:
    for version in ("1.2.0", "1.3.0"):
        hand_over(tmp_path / version, contract(version=version))
    (tmp_path / "current").symlink_to("1.2.0")
    with socket.create_server(("127.0.0.1", 0)) as silent:
        silent.setblocking(False)
        away = f"http://127.0.0.1:{silent.getsockname()[1]}"
        variables = {"MLFLOW_TRACKING_URI": away, "MLFLOW_REGISTRY_URI": away, "AWS_ENDPOINT_URL": away}
        variables |= {"ROAD_ARTIFACT_STORE": "s3://models"}
        with running(tmp_path / "current", tmp_path / "log", **variables) as server, Traffic(server.port) as traffic:
            (tmp_path / "next").symlink_to("1.3.0")
            os.replace(tmp_path / "next", tmp_path / "current")
            server.signal(signal.SIGHUP)
            wait_until(lambda: traffic.versions[-1].startswith("1.3.0"))

        with pytest.raises(BlockingIOError):
            silent.accept()
    assert set(traffic.seen) == {"200"}


@pytest.mark.skipif(sys.platform != "linux", reason="only Linux can turn away callers and keep those who are in")
def test_a_door_that_closes_lets_in_who_stands_in_it_and_nobody_else() -> None:
    with listening.bind("127.0.0.1", 0) as door, socket.create_connection(door.getsockname(), timeout=60) as before:
        assert listening.turn_away(door)

        with pytest.raises(TimeoutError):
            socket.create_connection(door.getsockname(), timeout=0.2)
        before.sendall(b"asked")
        inside, _ = door.accept()
        with inside:
            assert inside.recv(5) == b"asked"


@pytest.mark.parametrize("keep", [True, False], ids=["kept connections", "new connections"])
def test_a_stop_under_load_loses_no_request(handoff: Path, tmp_path: Path, keep: bool) -> None:
    with (
        running(handoff, tmp_path / "log", ROAD_DRAIN_SECONDS="0.5") as server,
        Traffic(server.port, keep=keep) as traffic,
    ):
        server.signal(signal.SIGTERM)

        code = server.process.wait(60)

    assert code == 0
    assert set(traffic.seen) == {"200", "refused"}


def test_a_stop_waits_for_what_is_being_sent(handoff: Path, tmp_path: Path) -> None:
    with running(handoff, tmp_path / "log", ROAD_DRAIN_SECONDS="0.1") as server:
        with socket.create_connection(("127.0.0.1", server.port), timeout=60) as slow:
            slow.sendall(f"{HEAD}content-length: {len(BODY)}\r\n\r\n".encode() + BODY[:-1])
            wait_until(lambda: server.metric("http_requests_in_progress") == 1)
            server.signal(signal.SIGTERM)
            wait_until(lambda: refuses(server.port))

            slow.sendall(BODY[-1:])

            answer = slow.recv(65536)
        assert server.process.wait(60) == 0
    assert answer.startswith(b"HTTP/1.1 200") and b"connection: close" in answer


def refuses(port: int) -> bool:
    try:
        socket.create_connection(("127.0.0.1", port), timeout=60).close()
    except ConnectionRefusedError:
        return True
    return False


def test_while_it_stops_it_is_not_ready(handoff: Path, tmp_path: Path) -> None:
    with running(handoff, tmp_path / "log", ROAD_DRAIN_SECONDS="30") as server, Traffic(server.port):
        server.signal(signal.SIGTERM)

        wait_until(lambda: server.ask("/readyz")[0] == 503)

        status, _, headers = server.ask()
        assert (status, headers["connection"]) == (200, "close")


def test_a_kill_loses_no_more_than_what_was_under_way(handoff: Path, tmp_path: Path) -> None:
    with running(handoff, tmp_path / "log") as server, Traffic(server.port, clients := 8) as traffic:
        server.signal(signal.SIGKILL)
        server.process.wait(60)

    # One under way, and one that the dying process's queue still took.
    assert traffic.seen["lost"] + traffic.seen["reset"] <= 2 * clients
    assert set(traffic.seen) <= {"200", "lost", "reset", "refused"}


# Logs ---------------------------------------------------------------------------------------------------------------
def test_a_full_disk_for_logs_costs_lines_and_no_answers(handoff: Path) -> None:
    with running(handoff, Path("/dev/full")) as server, Traffic(server.port) as traffic:
        wait_until(lambda: server.metric("log_lines_dropped_total") > 0)

        assert set(traffic.halt()) == {"200"}
        server.signal(signal.SIGTERM)
        assert server.process.wait(60) == 0


def test_a_reader_of_the_log_who_reads_nothing_costs_no_answers(handoff: Path) -> None:
    command = [sys.executable, "-m", "paved_road", "serve", "--handoff", str(handoff), "--port", "0", "--json"]
    with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE) as process:
        assert process.stdout
        server = Running(process, json.loads(process.stdout.readline()), Path())
        with Traffic(server.port) as traffic:
            wait_until(lambda: server.metric("log_lines_dropped_total") > 0)
        assert set(traffic.seen) == {"200"}
        process.terminate()
        assert process.wait(60) == 0


def test_clocks_that_jump_change_no_answer_and_no_duration(handoff: Path, tmp_path: Path) -> None:
    (tmp_path / "sitecustomize.py").write_text(
        "import itertools, time\n"
        "days, now = itertools.cycle([0, 400, -400, 9000, -9000]), time.time\n"
        "time.time = lambda: now() + 86400 * next(days)\n"
    )
    variables = {"PYTHONPATH": str(tmp_path), "ROAD_DRAIN_SECONDS": "0.5", "ROAD_REQUEST_SECONDS": "30"}
    with running(handoff, tmp_path / "log", **variables) as server, Traffic(server.port) as traffic:
        wait_until(lambda: traffic.seen["200"] > 500)
        took = server.ask("/metrics")[1]

        assert set(traffic.halt()) == {"200"}
        server.signal(signal.SIGTERM)
        assert server.process.wait(60) == 0

    total = sum(
        float(line.split()[-1]) for line in took.splitlines() if line.startswith("http_request_duration_seconds_sum")
    )
    assert 0 < total < 3600
