"""What `road raci check` and `road raci sync` cost in a large repository, beside listing its files. Never a test.

Usage: python benchmarks/ownership.py
"""

import subprocess
import sys
import tempfile
import time
from pathlib import Path

ACTIVITIES = 1_000
FILES = 50_000
ROUNDS = 3
KINDS = ("/src/part{n}/", "/src/part{n}/*.sql", "/docs/part{n}.md", "part{n}.ipynb", "*.kind{n}")


def repository(root: Path) -> None:
    """A repository of many activities, each with a path of one of several kinds, and of many files."""
    roles = "".join(
        f'  {key}:\n    title: {key}\n    loop: system\n    team: "@acme/{key}"\n    contact: "#{key}"\n'
        for key in ("first", "second")
    )
    activities = "".join(
        f"  Work {n}:\n    loop: system\n    letters: {{first: RA, second: R}}\n"
        f'    paths: ["{KINDS[n % len(KINDS)].format(n=n)}"]\n'
        for n in range(ACTIVITIES - 2)
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
    names = (f"src/part{n % ACTIVITIES}/deep/er/file{n}.py" for n in range(FILES))
    index = "".join(f"100644 {blob}\t{name}\n" for name in names)
    subprocess.run(["git", "update-index", "--index-info"], cwd=root, input=index.encode(), check=True)


def best(*command: str, root: Path) -> float:
    """Least of some timings of a command, seconds."""
    taken = []
    for _ in range(ROUNDS):
        (root / ".github/CODEOWNERS").unlink(missing_ok=True)
        started = time.perf_counter()
        subprocess.run(command, cwd=root, capture_output=True, check=True)
        taken.append(time.perf_counter() - started)
    return min(taken)


def main() -> None:
    """Print one line for each command."""
    road = str(Path(sys.executable).with_name("road"))
    with tempfile.TemporaryDirectory() as folder:
        root = Path(folder)
        repository(root)
        print(f"{ACTIVITIES} activities, {FILES} tracked files")
        for command in (
            ("git", "ls-files"),
            (road, "--version"),
            (road, "who", "src/part7/new.py"),
            (road, "raci", "check"),
            (road, "raci", "sync"),
        ):
            print(f"  {' '.join((Path(command[0]).name, *command[1:])):<28} {best(*command, root=root):6.2f} s")


if __name__ == "__main__":
    main()
