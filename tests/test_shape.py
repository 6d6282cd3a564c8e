"""How large one idea may be: ruff refuses a function with too many ways or steps, in the package as in the tests."""

import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
WAYS = "def f(a):\n" + "".join(f"    if a == {number}:\n        a += 1\n" for number in range(10))
STEPS = "def f(a):\n" + "    a += 1\n" * 41


@pytest.mark.parametrize(
    "folder", ["template/platform/src/paved_road", "template/src", "fleet/src", "scripts", "tests"]
)
@pytest.mark.parametrize(
    ("text", "message"),
    [(WAYS, "C901 `f` is too complex (11 > 10)"), (STEPS, "PLR0915 Too many statements (41 > 40)")],
)
def test_a_function_that_holds_two_ideas_is_refused(folder: str, text: str, message: str) -> None:
    command = [sys.executable, "-m", "ruff", "check", "--output-format", "concise", "--stdin-filename"]

    refused = subprocess.run(
        [*command, f"{folder}/made_up.py", "-"], input=text, cwd=ROOT, capture_output=True, text=True, check=False
    )

    assert refused.returncode == 1
    assert message in refused.stdout
