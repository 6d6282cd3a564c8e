"""Tests that share what is costly run in one process: otherwise each process would make it again."""

import subprocess
import sys
from pathlib import Path

TESTS = """
import os
import pytest

pytestmark = pytest.mark.xdist_group("costly")

@pytest.mark.parametrize("number", range(6))
def test_where(number):
    print("process", os.environ["PYTEST_XDIST_WORKER"])
"""


def test_a_group_runs_in_one_process(tmp_path: Path) -> None:
    for name in ("test_one.py", "test_two.py"):
        (tmp_path / name).write_text(TESTS, encoding="utf-8")
    options = ["-n", "2", "--dist", "loadgroup", "-rP", "--rootdir", str(tmp_path), "-c", "/dev/null"]

    done = subprocess.run([sys.executable, "-m", "pytest", *options, "."], cwd=tmp_path, capture_output=True, text=True)

    processes = [line for line in done.stdout.splitlines() if line.startswith("process ")]
    assert len(processes) == 12
    assert len(set(processes)) == 1
