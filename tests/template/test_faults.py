"""What goes wrong on any machine: a full disk, a kill, two at once, nobody on the other side. Nothing is lost by it."""

import hashlib
import os
import shutil
import signal
import socket
import subprocess
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import psutil
import pytest
from tools import needs

pytestmark = pytest.mark.xdist_group("life")

Done = subprocess.CompletedProcess[str]
HOOK = {"PYTHONPATH": str(Path(__file__).with_name("hook")), "OMP_NUM_THREADS": "1"}
"""A shorter measurement; and one thread to fit with, for on a busy machine many wait for each other."""


def contents(folder: Path) -> dict[str, str]:
    """Digest of every file in a folder."""
    files = (file for file in sorted(folder.rglob("*")) if file.is_file())
    return {file.relative_to(folder).as_posix(): hashlib.sha256(file.read_bytes()).hexdigest() for file in files}


def start(project: Path, *arguments: str, **variables: str) -> "subprocess.Popen[str]":
    """`road` in a process group of its own, as a terminal would start it."""
    return subprocess.Popen(
        [project / ".venv/bin/road", *arguments],
        cwd=project,
        env=os.environ | HOOK | variables,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        start_new_session=True,
    )


def road(project: Path, *arguments: str) -> Done:
    """`road`, from its start to its end."""
    running = start(project, *arguments)
    output, errors = running.communicate()
    return Done([], running.returncode, output, errors)


def wait_until(condition: Callable[[], object]) -> None:
    until = time.monotonic() + 60
    while not condition():
        assert time.monotonic() < until, "it never came"
        time.sleep(0.01)


def refuses(done: Done, *messages: str) -> bool:
    """Whether it ended with exit code 1 and these words, and without a traceback."""
    said = done.stdout + done.stderr
    assert done.returncode == 1, said
    assert "Traceback" not in said
    assert all(message in said for message in messages), said
    return True


@pytest.fixture(scope="module")
def second(handed_over: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A candidate that is not the one handed over; the first one is put back."""
    folder = handed_over / ".road/candidate"
    first = shutil.copytree(folder, tmp_path_factory.mktemp("first") / "candidate")
    model = handed_over / "src/fraud_scoring/model.py"
    before = model.read_text()
    assert "learning_rate: float = 0.1," in before
    model.write_text(before.replace("learning_rate: float = 0.1,", "learning_rate: float = 0.11,"))
    done = road(handed_over, "train")
    model.write_text(before)
    assert done.returncode == 0, done.stderr
    other = shutil.copytree(folder, tmp_path_factory.mktemp("second") / "candidate")
    shutil.rmtree(folder)
    shutil.copytree(first, folder)
    return other


@pytest.fixture
def other_candidate(handed_over: Path, second: Path) -> Iterator[Path]:
    """The candidate folder with another model; the first one is put back afterwards."""
    folder, kept = handed_over / ".road/candidate", handed_over / ".first"
    folder.rename(kept)
    yield shutil.copytree(second, folder)
    shutil.rmtree(folder, ignore_errors=True)
    kept.rename(folder)


# Disks ----------------------------------------------------------------------
def road_on(folder: Path, mount: str, *arguments: str) -> tuple[Done, dict[str, str]]:
    """Run `road` while `folder` stands on another file system; its end, and what the folder then held."""
    project = folder.parent
    script = f'{mount}; "$@"; code=$?; cp -a {folder}/. {project}/.after; exit $code'
    shutil.rmtree(project / ".after", ignore_errors=True)
    (project / ".after").mkdir()
    command = [*needs.mounting(), "sh", "-c", script, "sh", str(project / ".venv/bin/road"), *arguments]
    done = subprocess.run(command, cwd=project, env=os.environ | HOOK, capture_output=True, text=True, check=False)
    after = contents(project / ".after")
    shutil.rmtree(project / ".after")
    return done, after


def full(folder: Path) -> str:
    """Mount a disk on a folder that holds what it held and has 16 KiB to spare."""
    pages = sum(-(-file.stat().st_size // 4096) for file in folder.rglob("*") if file.is_file())
    copy = f"cp -a {folder} /mnt/kept"
    disk = f"mount -t tmpfs -o size={4 * pages + 16}k none {folder}"
    return f"set -e; mount -t tmpfs none /mnt; {copy}; {disk}; cp -a /mnt/kept/. {folder}; set +e"


@pytest.mark.parametrize(
    ("name", "arguments"),
    [(".road", ("train",)), (".road", ("handoff", "build")), ("handoff", ("handoff", "build"))],
    ids=["train", "build", "publish"],
)
def test_a_full_disk_is_said_and_takes_nothing(
    evidence: Path, other_candidate: Path, name: str, arguments: tuple[str, ...]
) -> None:
    folder = evidence.parent / name
    before = contents(folder)

    done, after = road_on(folder, full(folder), *arguments)

    assert refuses(done, "SYSTEM001  No space left on device", "what was there before is untouched")
    for changed in ("mlflow.db", "lock"):
        before.pop(changed, None), after.pop(changed, None)
    assert after == before


def test_a_read_only_handoff_folder_is_said(evidence: Path) -> None:
    mount = f"mount --bind {evidence} {evidence}; mount -o remount,bind,ro {evidence}"

    done, after = road_on(evidence, mount, "handoff", "build")

    assert refuses(done, "SYSTEM001  Read-only file system", "run it where it may write")
    assert after == contents(evidence)


# Kills ----------------------------------------------------------------------
def moments(project: Path, watched: Path, kept: Path, *arguments: str) -> list[Path]:
    """Run `road`; every different state of a folder (and of its like-named neighbours) that a kill could have left."""
    (kept / "states").mkdir()
    running = start(project, *arguments, WATCHED=str(watched), KEPT=str(kept / "states"))
    _, errors = running.communicate()
    assert running.returncode == 0, errors
    states = {str(contents(state)): state for state in sorted((kept / "states").iterdir())}
    return list(states.values())


def test_a_build_killed_at_any_moment_leaves_the_old_handoff_or_the_new(
    evidence: Path, other_candidate: Path, tmp_path: Path
) -> None:
    project = evidence.parent
    old = (evidence / "manifest.json").read_bytes()

    states = moments(project, evidence, tmp_path, "handoff", "build")

    new = (evidence / "manifest.json").read_bytes()
    assert len(states) >= 8
    assert {(state / "handoff/manifest.json").read_bytes() for state in states} == {old, new}
    for state in states:
        done = road(project, "handoff", "verify", "--handoff", str(state / "handoff"))
        assert done.returncode == 0, f"{state.name}: {done.stdout}"


@pytest.mark.parametrize(
    ("steps", "seconds"), [(0, 0.3), (1, 0), (2, 0), (2, 0.3), (3, 0), (3, 0.002), (3, 0.005), (3, 0.02)]
)
def test_a_build_that_is_really_killed_after_a_step_leaves_what_verifies(
    evidence: Path, other_candidate: Path, steps: int, seconds: float
) -> None:
    project = evidence.parent
    old = (evidence / "manifest.json").read_bytes()
    building = start(project, "handoff", "build")
    assert building.stderr
    said = [building.stderr.readline() for _ in range(steps)]
    time.sleep(seconds)

    os.killpg(building.pid, signal.SIGKILL)

    building.communicate()
    done = road(project, "handoff", "verify")
    assert done.returncode == 0, f"after {said}: {done.stdout}"
    if steps < 3:
        assert building.returncode == -signal.SIGKILL
        assert (evidence / "manifest.json").read_bytes() == old
    else:
        assert "under load" in said[-1]


def test_a_training_killed_at_any_moment_leaves_the_old_candidate_or_the_new(
    handed_over: Path, other_candidate: Path, tmp_path: Path
) -> None:
    from paved_road import files

    old = contents(other_candidate)

    states = moments(handed_over, other_candidate, tmp_path, "train")

    new = contents(other_candidate)
    assert len(states) >= 8
    for state in states:
        files.recover(state / "candidate")
        assert contents(state / "candidate") in (old, new), state.name


def test_a_build_takes_up_a_candidate_that_a_killed_training_had_set_aside(evidence: Path) -> None:
    candidate = evidence.parent / ".road/candidate"
    candidate.rename(candidate.with_name(".candidate.killed-old"))

    done = road(evidence.parent, "handoff", "build")

    assert done.returncode == 0, done.stderr
    assert candidate.is_dir() and not candidate.with_name(".candidate.killed-old").exists()


def test_a_killed_build_leaves_no_server_no_lock_and_no_folder(evidence: Path) -> None:
    project = evidence.parent
    (evidence / ".manifest.json.killed.part").write_text("{")
    building = start(project, "handoff", "build")
    wait_until(lambda: psutil.Process(building.pid).children() and (project / ".road/handoff/manifest.json").exists())
    children = psutil.Process(building.pid).children(recursive=True)

    building.kill()
    building.communicate()

    _, alive = psutil.wait_procs(children, timeout=30)
    assert children and not alive
    again = road(project, "handoff", "build")
    assert again.returncode == 0, again.stderr
    assert not (project / ".road/handoff").exists()
    assert not list(evidence.glob("*.part")) + list(evidence.glob(".*.part"))


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGKILL], ids=["interrupted", "killed"])
def test_a_training_that_is_stopped_changes_nothing(handed_over: Path, number: signal.Signals) -> None:
    candidate = handed_over / ".road/candidate"
    before = contents(candidate)
    training = start(handed_over, "train")
    assert training.stderr
    line = training.stderr.readline()  # pandas is imported; the data is being loaded
    tracking = psutil.Process(training.pid).children()

    os.killpg(training.pid, number)

    _, errors = training.communicate()
    _, alive = psutil.wait_procs(tracking, timeout=120)  # it marks its run as failed first
    assert tracking and not alive
    assert "import pandas" in line and "Traceback" not in errors
    assert contents(candidate) == before
    if number == signal.SIGINT:
        assert training.returncode == 130
        assert errors.endswith("interrupted; nothing was changed\n")


# Two at once ----------------------------------------------------------------
def test_two_builds_at_once_leave_one_whole_handoff(evidence: Path) -> None:
    project = evidence.parent
    both = [start(project, "handoff", "build") for _ in range(2)]

    ends = [Done([], each.wait(), *each.communicate()) for each in both]

    assert 0 in [end.returncode for end in ends]
    assert all(end.returncode == 0 or refuses(end, "LOCK001", "is writing in this repository") for end in ends)
    assert road(project, "handoff", "verify").returncode == 0


def test_the_two_first_trainings_of_a_repository_at_once_both_end_well(handed_over: Path) -> None:
    state, kept = handed_over / ".road", handed_over / ".kept"
    state.rename(kept)
    both = [start(handed_over, "train") for _ in range(2)]

    ends = [Done([], each.wait(), *each.communicate()) for each in both]

    left = sorted(path.name for path in state.iterdir())
    shutil.rmtree(state)
    kept.rename(state)
    assert [end.returncode for end in ends] == [0, 0], ends
    assert left == ["candidate", "lock", "mlflow.db"]


# Nobody there, or somebody else ---------------------------------------------
@pytest.fixture
def somebody() -> Iterator[int]:
    """A port that somebody listens on, who never answers."""
    with socket.create_server(("127.0.0.1", 0)) as listening:
        yield listening.getsockname()[1]


def test_a_port_in_use_is_said(handed_over: Path, somebody: int) -> None:
    done = road(handed_over, "serve", "--port", str(somebody))

    assert refuses(done, f"SERVE003  port {somebody} on 127.0.0.1 is in use", f"--port {somebody + 1}")


@pytest.mark.parametrize("listens", [True, False], ids=["silent", "nobody"])
def test_a_tracking_server_that_does_not_answer_is_said_before_anything_is_fitted(
    handed_over: Path, somebody: int, listens: bool
) -> None:
    candidate = handed_over / ".road/candidate"
    before = contents(candidate)
    address = f"127.0.0.1:{somebody if listens else 1}"
    fact = "no answer within 2 seconds" if listens else "Connection refused"

    training = start(
        handed_over,
        "train",
        MLFLOW_TRACKING_URI=f"http://ada:secret@{address}",
        MLFLOW_HTTP_REQUEST_TIMEOUT="2",
        MLFLOW_HTTP_REQUEST_MAX_RETRIES="0",
    )
    output, errors = training.communicate(timeout=60)

    done = Done([], training.returncode, output, errors)
    assert refuses(done, f"TRACKING001  the run could not be tracked at http://{address}: {fact}")
    assert "secret" not in errors and "fit on" not in errors
    assert contents(candidate) == before
