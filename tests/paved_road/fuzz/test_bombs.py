"""Documents that are small on disk and without end in memory or time are refused within narrow limits of both."""

import resource
import subprocess
import sys
from pathlib import Path

import pytest

MANY = 100_000
ALIASES = "\n".join(["a0: &a0 [x, x]", *(f"a{n}: &a{n} [{', '.join([f'*a{n - 1}'] * 9)}]" for n in range(1, 30))])
YAML = {
    "aliases": ALIASES,
    "merges": "\n".join(["a0: &a0 {k: x}", *(f"a{n}: &a{n} {{<<: [*a{n - 1}, *a{n - 1}]}}" for n in range(1, 60))]),
    "lists": f"a: {'[' * MANY}",
    "mappings": f"a: {'{a: ' * MANY}",
    "blocks": "- " * MANY,
    "keys": "? " * MANY,
    "sixties": f"a: 1{':1' * MANY}",
    "hexadecimal": f"a: 0x{'f' * MANY}",
    "digits": f"a: {'9' * MANY}",
    "fraction": f"a: 0.{'9' * MANY}",
    "underscores": f"a: 1{'_' * MANY}",
    "tags": f"a: {'!x ' * MANY}",
    "quote": f"a: '{'x' * 10 * MANY}",
    "anchors": "\n".join(f"a{n}: &a{n} x" for n in range(MANY // 10)) + "\n---",
}
JSON = {
    "lists": "[" * MANY,
    "objects": '{"a":' * MANY,
    "digits": f'{{"a": {"9" * MANY}}}',
    "exponent": '{"a": 1e999999999}',
    "text": f'{{"a": "{"x" * 10 * MANY}',
    "keys": "{" + ",".join(['"a": 1'] * MANY) + "}",
}
BOMBS = {"yaml": YAML, "json": JSON}
READER = """
import sys
from pathlib import Path
from paved_road.contracts import data, model
from paved_road.findings import Problem
from paved_road.handoff import manifest
from paved_road.ownership import raci

for file in sorted(Path(sys.argv[2]).iterdir()):
    for load in (model.load, data.load, raci.load) if sys.argv[1] == "yaml" else (manifest.read,):
        try:
            load(file)
        except Problem:
            print(file.name, "refused")
"""


def narrow() -> None:
    resource.setrlimit(resource.RLIMIT_CPU, (60, 60))
    resource.setrlimit(resource.RLIMIT_AS, (3 * 2**30, 3 * 2**30))


@pytest.mark.parametrize(("kind", "readers"), [("yaml", 3), ("json", 1)])
def test_a_bomb_is_refused_before_it_takes_time_or_memory(kind: str, readers: int, tmp_path: Path) -> None:
    for name, text in BOMBS[kind].items():
        (tmp_path / name).write_text(text)

    command = [sys.executable, "-c", READER, kind, str(tmp_path)]
    done = subprocess.run(command, capture_output=True, text=True, preexec_fn=narrow)

    assert done.returncode == 0, done.stdout + done.stderr[-500:]
    assert done.stdout.split().count("refused") == readers * len(BOMBS[kind]), done.stdout
