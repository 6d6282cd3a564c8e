"""Builds and trainings killed at random moments: what was handed over still verifies, and the next build succeeds.

`make test` kills a few, `make kills` a hundred. test_faults.py looks at every moment at which a folder changes; here it
is any moment, also one in the middle of a write or of a child's work.
"""

import os
import random
import signal
import subprocess
import time
from collections.abc import Callable
from pathlib import Path

import pytest

from .test_faults import road, start

pytestmark = pytest.mark.xdist_group("life")

KILLS = int(os.environ.get("ROAD_KILLS", "2"))
VERBS = (("handoff", "build"), ("train",))


def duration(project: Path, verb: tuple[str, ...]) -> float:
    """How long a verb takes if nobody disturbs it."""
    began = time.monotonic()
    done = road(project, *verb)
    assert done.returncode == 0, done.stderr
    return time.monotonic() - began


def killed(project: Path, verb: tuple[str, ...], after: float, alone: bool) -> bool:
    """Start a verb and kill it after some seconds, with or without its children; whether it was still at work."""
    running = start(project, *verb)
    try:
        running.communicate(timeout=after)
    except subprocess.TimeoutExpired:
        (os.kill if alone else os.killpg)(running.pid, signal.SIGKILL)
    running.communicate()
    return running.returncode == -signal.SIGKILL


def usable(project: Path, about: object) -> None:
    """What was handed over verifies, the next build succeeds, and nothing of the killed one is left."""
    verified = road(project, "handoff", "verify")
    assert verified.returncode == 0, (about, verified.stdout, verified.stderr)
    built = road(project, "handoff", "build")
    assert built.returncode == 0, (about, built.stdout, built.stderr)
    handoff = project / "handoff"
    assert not (project / ".road/handoff").exists(), about
    assert not [*handoff.glob("*.part"), *handoff.glob(".*.part")], about


def cycles(project: Path, kills: int, chance: random.Random) -> int:
    """Kill so many; how many of them were still at work when they were."""
    takes = {verb: duration(project, verb) for verb in VERBS}
    count = 0
    for number in range(kills):
        verb = VERBS[number % len(VERBS)]
        after, alone = chance.uniform(0, takes[verb]), chance.random() < 0.5
        count += killed(project, verb, after, alone)
        usable(project, f"{number}: {' '.join(verb)} killed after {after:.3f} s, {'alone' if alone else 'with all'}")
    return count


def test_a_kill_at_any_moment_leaves_a_handoff_that_verifies_and_the_next_build_succeeds(
    evidence: Path, record_property: Callable[[str, object], None]
) -> None:
    count = cycles(evidence.parent, KILLS, random.Random())

    record_property("killed", count)
    assert count
