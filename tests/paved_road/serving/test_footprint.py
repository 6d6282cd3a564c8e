"""A start leaves little behind: no memory that nobody uses, nothing that each garbage collection looks through."""

import gc
import subprocess
import sys

import numpy as np
import pytest
from paved_road.serving import footprint


def resident() -> int:
    with open("/proc/self/statm", encoding="ascii") as file:
        return int(file.read().split()[1]) * 4096


@pytest.mark.skipif(sys.platform != "linux", reason="glibc is what keeps what was freed")
def test_memory_that_was_freed_in_small_pieces_goes_back_to_the_system() -> None:
    pieces = [np.ones(50, np.float64) for _ in range(200_000)]
    last = pieces[-1].copy()
    taken = resident()
    del pieces

    footprint.give_back()

    assert taken - resident() > 40_000_000
    assert last.all()


def test_what_was_imported_is_in_no_later_collection() -> None:
    before = gc.get_freeze_count()

    try:
        footprint.keep()

        assert gc.get_freeze_count() - before > 10_000
    finally:
        gc.unfreeze()


def test_no_verb_pays_for_the_version_that_it_does_not_say() -> None:
    script = "import sys, paved_road.cli.main; print('importlib.metadata' in sys.modules)"

    said = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=True).stdout

    assert said == "False\n"
