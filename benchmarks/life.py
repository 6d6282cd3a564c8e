"""How long a project's first steps take: `make bench`. Ratios and seconds of one run on one machine; never a test."""

import os
import subprocess
import sys
import tempfile
import time
from pathlib import Path

ROOT = Path(__file__).parents[1]
ROUNDS = 3
PERSON = ["-c", "user.name=bench", "-c", "user.email=bench@example.com"]


def seconds(*command: str, cwd: Path) -> float:
    """Wall-clock time of a command that succeeds."""
    started = time.perf_counter()
    subprocess.run(command, cwd=cwd, check=True, capture_output=True, env=ENVIRONMENT)
    return time.perf_counter() - started


# A person's interpreter keeps the bytecode of what it imports, whatever this one is told.
ENVIRONMENT = {k: v for k, v in os.environ.items() if k not in ("VIRTUAL_ENV", "PYTHONDONTWRITEBYTECODE")}


def repository(folder: Path) -> None:
    subprocess.run(["git", "init", "-q", "-b", "main"], cwd=folder, check=True)
    subprocess.run(["git", "add", "-A"], cwd=folder, check=True)
    subprocess.run(["git", *PERSON, "commit", "-q", "-m", "First commit"], cwd=folder, check=True)
    subprocess.run(["git", "tag", "v0.1.0"], cwd=folder, check=True)


def copy(source: Path, target: Path) -> float:
    return seconds(sys.executable, "-m", "copier", "copy", "--quiet", "--defaults", str(source), str(target), cwd=ROOT)


def handoff(folder: Path) -> None:
    """The other benchmarks, on the handoff that this one made."""
    for command in (["handoff.py", str(folder)], ["serving.py", "--handoff", str(folder)]):
        subprocess.run(
            [sys.executable, str(ROOT / "benchmarks" / command[0]), *command[1:]], check=True, env=ENVIRONMENT
        )


def main() -> None:
    with tempfile.TemporaryDirectory() as name:
        work = Path(name)
        subprocess.run(["git", "clone", "-q", str(ROOT), str(work / "ours")], check=True)
        subprocess.run(["git", "tag", "v0.1.0"], cwd=work / "ours", check=True)
        (work / "one").mkdir()
        (work / "one/copier.yml").write_text("name: {type: str, default: x}\n")
        (work / "one/file.txt.jinja").write_text("{{ name }}\n")
        repository(work / "one")
        ours = min(copy(work / "ours", work / f"project{number}") for number in range(ROUNDS))
        floor = min(copy(work / "one", work / f"floor{number}") for number in range(ROUNDS))
        project = work / "project0"
        repository(project)
        steps = {
            "uv sync": seconds("uv", "sync", cwd=project),
            "road train": seconds(".venv/bin/road", "train", cwd=project),
            "road handoff build": seconds(".venv/bin/road", "handoff", "build", cwd=project),
        }
        verify, helped = (
            min(seconds(".venv/bin/road", *verb, cwd=project) for _ in range(ROUNDS))
            for verb in (("handoff", "verify"), ("--help",))
        )
        handoff(project / "handoff")
    print(f"copier copy             {ours:6.2f} s, {ours / floor:.2f} x a one-file template")
    for step, took in steps.items():
        print(f"{step:<22}  {took:6.2f} s")
    print(f"road handoff verify     {verify:6.2f} s")
    print(f"road --help             {helped:6.2f} s")
    print(f"copy to verified        {ours + sum(steps.values()) + verify:6.2f} s, with the packages in the cache")


if __name__ == "__main__":
    main()
