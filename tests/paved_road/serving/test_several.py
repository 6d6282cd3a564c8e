"""A worker a core, and a candidate in their shadow: one port, one page of counts, and no answer that waits."""

import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import psutil
import pytest
from paved_road.contracts.model import ModelContract
from paved_road.serving import snapshots, supervisor
from paved_road.serving.exposition import merged, render
from paved_road.serving.shared import Shared
from prometheus_client.core import CounterMetricFamily, GaugeMetricFamily, Metric
from serving_examples import contract, graph, hand_over
from traffic import Running, Traffic, running, wait_until

QUIET = {"ROAD_LOG": "errors", "ROAD_DRAIN_SECONDS": "0.5"}


def answered(server: Running) -> float:
    lines = server.ask("/metrics")[1].splitlines()
    return sum(
        float(line.split()[-1]) for line in lines if line.startswith("http_requests_total") and "predict" in line
    )


def processes(server: Running, role: str) -> list[psutil.Process]:
    children = psutil.Process(server.process.pid).children()
    return [child for child in children if f"--role {role}" in words(child)]


def words(process: psutil.Process) -> str:
    """Its command line; nothing once it ended."""
    try:
        return " ".join(process.cmdline())
    except psutil.Error:
        return ""


# Workers --------------------------------------------------------------------------------------------------------------
@pytest.fixture(scope="module")
def two(handoff: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Running]:
    with running(handoff, tmp_path_factory.mktemp("log") / "log", "--workers", "2", **QUIET) as server:
        yield server


def test_two_workers_count_every_request_once(two: Running) -> None:
    before = answered(two)

    with Traffic(two.port, 16) as traffic:
        wait_until(lambda: traffic.seen["200"] > 1000)

    assert set(traffic.seen) == {"200"}
    wait_until(lambda: answered(two) == before + traffic.seen["200"])
    assert len(processes(two, "worker")) == 2


def test_a_worker_that_is_killed_is_replaced_and_what_it_counted_stays(two: Running) -> None:
    before = answered(two)
    (victim, _) = processes(two, "worker")

    with Traffic(two.port, 8) as traffic:
        victim.kill()
        wait_until(lambda: victim not in processes(two, "worker") and len(processes(two, "worker")) == 2)
        now = traffic.seen["200"]
        wait_until(lambda: traffic.seen["200"] > now + 100)

    # Of what it had under way, and of what its queue still took, nothing more.
    assert traffic.seen["lost"] + traffic.seen["reset"] <= 16
    assert set(traffic.seen) <= {"200", "lost", "reset"}
    assert answered(two) >= before
    assert [event["code"] for event in two.events("ended")] == [-signal.SIGKILL]


def test_several_workers_stop_without_losing_a_request(handoff: Path, tmp_path: Path) -> None:
    with (
        running(handoff, tmp_path / "log", "--workers", "2", **QUIET) as server,
        Traffic(server.port) as traffic,
    ):
        server.signal(signal.SIGTERM)

        code = server.process.wait(60)

    assert code == 0
    # A connection that the kernel took after the last worker had looked is nobody's, and is reset.
    assert set(traffic.seen) <= {"200", "refused", "reset"}
    assert traffic.seen["refused"]


def test_workers_end_with_what_started_them(handoff: Path, tmp_path: Path) -> None:
    with running(handoff, tmp_path / "log", "--workers", "2", **QUIET) as server:
        workers = processes(server, "worker")

        server.process.kill()

        _, alive = psutil.wait_procs(workers, timeout=30)
    assert not alive


def test_every_worker_changes_its_version(tmp_path: Path) -> None:
    hand_over(tmp_path / "1.2.0", contract())
    hand_over(tmp_path / "1.3.0", contract(version="1.3.0"))
    (tmp_path / "current").symlink_to("1.2.0")
    with (
        running(tmp_path / "current", tmp_path / "log", "--workers", "2", **QUIET) as server,
        Traffic(server.port, keep=False) as traffic,
    ):
        (tmp_path / "next").symlink_to("1.3.0")
        os.replace(tmp_path / "next", tmp_path / "current")

        server.signal(signal.SIGHUP)

        wait_until(lambda: len(server.events("switched")) == 2)
        now = traffic.seen["200"]
        wait_until(lambda: traffic.seen["200"] > now + 100)
    assert [version.partition("+")[0] for version in traffic.versions[-1:]] == ["1.3.0"]
    assert set(traffic.seen) == {"200"}


def test_a_handoff_that_no_worker_can_serve_is_said_once_and_ends_all(tmp_path: Path) -> None:
    hand_over(tmp_path / "handoff", contract())
    next((tmp_path / "handoff").glob("model-*")).write_bytes(b"torn")

    command = [sys.executable, "-m", "paved_road", "serve", "--handoff", str(tmp_path / "handoff"), "--port", "0"]

    done = subprocess.run([*command, "--workers", "2"], capture_output=True, text=True)

    assert done.returncode == 1
    assert "SERVE002" in done.stderr and "SERVE008  a worker ended before it was ready" in done.stderr
    assert "Traceback" not in done.stderr


@pytest.mark.parametrize(
    ("limit", "most"), [("max 100000", 64), ("150000 100000", 2), ("50000 100000", 1), ("rubbish", 64), (None, 64)]
)
def test_cores_are_those_that_a_container_may_use(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, limit: str | None, most: int
) -> None:
    monkeypatch.setattr(os, "sched_getaffinity", lambda _: range(64), raising=False)
    monkeypatch.setattr(supervisor, "_CGROUP", tmp_path / "cpu.max")
    if limit:
        (tmp_path / "cpu.max").write_text(limit + "\n")

    assert supervisor.cores() == most


# Counts ---------------------------------------------------------------------------------------------------------------
def families(count: float, memory: float, expected: float) -> list[Metric]:
    counted = CounterMetricFamily("requests", "Requests.", labels=["route"])
    counted.add_metric(["/"], count)
    return [
        counted,
        GaugeMetricFamily("process_resident_memory_bytes", "Memory.", value=memory),
        GaugeMetricFamily("expected", "Share.", value=expected),
    ]


def test_counts_and_what_processes_take_add_up_and_facts_stay_facts() -> None:
    page = render(merged([families(3, 10, 0.5), families(4, 20, 0.5)])).decode()

    assert 'requests_total{route="/"} 7.0' in page
    assert "process_resident_memory_bytes 30.0" in page
    assert "expected 0.5" in page
    assert page.count("# TYPE requests_total counter") == 1


def test_of_a_process_that_ended_only_its_counts_stay(tmp_path: Path) -> None:
    gone = Shared(tmp_path, lambda: families(3, 10, 0.5))
    gone.save()
    snapshots.end(tmp_path, os.getpid())
    here = Shared(tmp_path, lambda: families(4, 20, 0.25))

    page = render(here.collect()).decode()

    assert 'requests_total{route="/"} 7.0' in page
    assert "process_resident_memory_bytes 20.0" in page
    assert "expected 0.25" in page


# Shadow ---------------------------------------------------------------------------------------------------------------
def shadowed(folder: Path, promise: ModelContract, **candidate: object) -> None:
    hand_over(folder / "champion", promise)
    other = contract(version="1.3.0", **candidate)
    hand_over(folder / "candidate", other, graph(other))


def total(server: Running, name: str) -> float:
    lines = server.ask("/metrics")[1].splitlines()
    return sum(float(line.split()[-1]) for line in lines if line.startswith(name))


@pytest.mark.parametrize(
    ("candidate", "result", "outputs"),
    [
        ({}, "same", set()),
        ({"threshold": 0.9999}, "different", {"fraud"}),
        ({"inputs": [{"name": "amount", "type": "number", "meaning": "Amount."}]}, "refused", set()),
    ],
    ids=["same", "another threshold", "other inputs"],
)
def test_a_candidate_is_compared_on_the_same_requests(
    tmp_path: Path, promise: ModelContract, candidate: dict[str, object], result: str, outputs: set[str]
) -> None:
    shadowed(tmp_path, promise, **candidate)
    arguments = ("--shadow", str(tmp_path / "candidate"))
    with running(tmp_path / "champion", tmp_path / "log", *arguments, **QUIET) as server:
        wait_until(lambda: server.ask()[0] == 200 and total(server, "shadow_requests_total") > 0)

        with Traffic(server.port) as traffic:
            wait_until(lambda: traffic.seen["200"] > 300)

        sent = 'shadow_requests_offered_total{result="sent"}'
        wait_until(lambda: 300 < total(server, "shadow_requests_total{") == server.metric(sent))
        page = server.ask("/metrics")[1]
    assert set(traffic.seen) == {"200"}
    assert 'champion="1.2.0+' in page and 'candidate="1.3.0+' in page
    assert f'result="{result}"}} ' in page.partition("shadow_requests_total{")[2].splitlines()[0]
    found = {line for line in page.splitlines() if line.startswith("shadow_differences_total{")}
    assert {line.partition('output="')[2].partition('"')[0] for line in found} == outputs


@pytest.mark.parametrize("fault", ["torn", "killed", "stopped"])
def test_a_candidate_in_trouble_costs_no_answer(tmp_path: Path, promise: ModelContract, fault: str) -> None:
    shadowed(tmp_path, promise)
    if fault == "torn":
        next((tmp_path / "candidate").glob("model-*")).write_bytes(b"torn")
    arguments = ("--shadow", str(tmp_path / "candidate"))
    with running(tmp_path / "champion", tmp_path / "log", *arguments, **QUIET) as server:
        with Traffic(server.port) as traffic:
            if fault == "killed":
                wait_until(lambda: total(server, "shadow_requests_total") > 0)
                processes(server, "shadow")[0].kill()
            if fault == "stopped":
                wait_until(lambda: total(server, "shadow_requests_total") > 0)
                processes(server, "shadow")[0].suspend()
            now = traffic.seen["200"]
            wait_until(lambda: traffic.seen["200"] > now + 1000)
        assert set(traffic.seen) == {"200"}
        if fault == "torn":
            assert any(event["role"] == "shadow" for event in server.events("ended"))
            assert server.metric('shadow_requests_offered_total{result="dropped"}') > 0
        if fault == "killed":
            wait_until(lambda: len(server.events("shadow")) == 2)
        if fault == "stopped":
            processes(server, "shadow")[0].resume()
