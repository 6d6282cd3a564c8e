"""What `road raci check` and `road raci sync` cost in a large repository, beside listing its files. Never a test.

Usage: python benchmarks/ownership.py [--page docs/benchmarks.md] [--rounds 3]
"""

import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Sequence
from pathlib import Path

import page
from codeowners import CodeOwners

SIZES = (1_000, 5_000)
"""Activities: what is promised to take at most two seconds, and five times as many."""
FILES = 50_000
SAMPLE = 100
KINDS = ("/src/part{n}/", "/src/part{n}/*.sql", "/docs/part{n}.md", "part{n}.ipynb", "*.kind{n}")


def repository(root: Path, size: int) -> None:
    """A repository of many activities, each with a path of one of several kinds, and of many files."""
    roles = "".join(
        f'  {key}:\n    title: {key}\n    loop: system\n    team: "@acme/{key}"\n    contact: "#{key}"\n'
        for key in ("first", "second")
    )
    activities = "".join(
        f"  Work {n}:\n    loop: system\n    letters: {{first: RA, second: R}}\n"
        f'    paths: ["{KINDS[n % len(KINDS)].format(n=n)}"]\n'
        for n in range(size - 2)
    )
    general = '  Keep:\n    loop: system\n    letters: {first: RA, second: R}\n    paths: ["*"]\n'
    other = "  Rest:\n    loop: system\n    letters: {second: RA, first: C}\n"
    (root / "raci.yml").write_text(f"roles:\n{roles}activities:\n{general}{activities}{other}")
    (root / "pyproject.toml").write_text('[tool.paved-road]\npackage = "many"\n')
    subprocess.run(["git", "init", "-q"], cwd=root, check=True)
    empty = subprocess.run(
        ["git", "hash-object", "-w", "--stdin"], cwd=root, input=b"", capture_output=True, check=True
    )
    blob = empty.stdout.decode().strip()
    names = (f"src/part{n % size}/deep/er/file{n}.py" for n in range(FILES))
    index = "".join(f"100644 {blob}\t{name}\n" for name in names)
    subprocess.run(["git", "update-index", "--index-info"], cwd=root, input=index.encode(), check=True)


def best(rounds: int, *command: str, root: Path) -> float:
    """Least of some timings of a command, seconds."""
    taken = []
    for _ in range(rounds):
        (root / ".github/CODEOWNERS").unlink(missing_ok=True)
        started = time.perf_counter()
        subprocess.run(command, cwd=root, capture_output=True, check=True)
        taken.append(time.perf_counter() - started)
    return min(taken)


def timings(size: int, commands: Sequence[tuple[str, ...]], rounds: int) -> list[float]:
    """Least seconds of each command in a repository of so many activities, and of another reader of CODEOWNERS."""
    with tempfile.TemporaryDirectory() as folder:
        repository(Path(folder), size)
        taken = [best(rounds, *command, root=Path(folder)) for command in commands]
        return [*taken, elsewhere(Path(folder) / ".github/CODEOWNERS", size)]


def elsewhere(file: Path, size: int) -> float:
    """Seconds in which the package `codeowners` would find the owners of all files, from a sample of them."""
    rules = CodeOwners(file.read_text())
    started = time.perf_counter()
    for number in range(0, FILES, FILES // SAMPLE):
        rules.of(f"src/part{number % size}/deep/er/file{number}.py")
    return (time.perf_counter() - started) * FILES / SAMPLE


def main() -> None:
    """Print one line for each command."""
    asked = page.asked(__doc__, 3)
    load = os.getloadavg()[0]
    road = str(Path(sys.executable).with_name("road"))
    commands = (
        ("git", "ls-files"),
        (road, "--version"),
        (road, "who", "src/part7/new.py"),
        (road, "raci", "check"),
        (road, "raci", "sync"),
    )
    taken = {size: timings(size, commands, asked.rounds) for size in SIZES}
    names = [f"`{' '.join((Path(command[0]).name, *command[1:]))}`" for command in commands]
    names.append("every file's owner, by the package `codeowners`")
    rows = [[name, *(f"{taken[size][number]:.2f} s" for size in SIZES)] for number, name in enumerate(names)]
    head = (f"{FILES:,} tracked files", *(f"{size:,} activities" for size in SIZES))
    page.publish(asked.page, "ownership", [page.measured(asked.rounds, load), "", *page.table(head, rows)])


if __name__ == "__main__":
    main()
