"""How long a report of 200 repositories takes: `make bench-fleet`. It writes its figures to docs/fleet.md."""

import json
import os
import resource
import subprocess
import sys
import tempfile
import time
from dataclasses import dataclass
from datetime import date
from pathlib import Path

import copier
import psutil
from page import machine

ROOT = Path(__file__).parents[1]
PAGE = ROOT / "docs" / "fleet.md"
BEGIN, END = "<!-- written by `make bench-fleet` -->\n", "<!-- until here -->"
HOW_MANY = 200
TARGET_S = 60
SAMPLED_S = 0.5
NAME = "Model Aaa"
# How the repositories differ beyond their names, and which release each kind was made from: the first, or the second.
KINDS: list[tuple[str, dict[str, str]]] = [
    ("v0.2.0", {}),
    ("v0.2.0", {"cloud": "aws", "topology": "embedded"}),
    ("v0.2.0", {"task": "regression", "framework": "xgboost"}),
    ("v0.1.0", {}),
    ("v0.1.0", {"cloud": "gcp", "framework": "pytorch"}),
    ("v0.1.0", {"topology": "full-stack", "cloud": "azure"}),
]
EDITED = 10
"""Of so many, one has an edit in a file of the platform's, one names no team, one was never committed to."""
PERSON = {f"GIT_{who}_{what}": "bench@example.com" for who in ("AUTHOR", "COMMITTER") for what in ("NAME", "EMAIL")}


def git(folder: Path, *arguments: str) -> None:
    subprocess.run(["git", "-C", str(folder), *arguments], check=True, capture_output=True, env=os.environ | PERSON)


def released(folder: Path) -> Path:
    """The template in two releases: this commit, and one with another page."""
    git(ROOT, "clone", "-q", "--no-tags", str(ROOT), str(folder))
    git(folder, "tag", "v0.1.0")
    with (folder / "template" / "docs" / "handoff.md").open("a") as page:
        page.write("\nSaid again.\n")
    git(folder, "commit", "-qam", "Next")
    git(folder, "tag", "v0.2.0")
    return folder


def copies(template: Path, folder: Path) -> None:
    """Repositories that differ in their names, and some in more."""
    kinds = [folder.parent / f"kind{number}" for number in range(len(KINDS))]
    for kind, (version, answers) in zip(kinds, KINDS, strict=True):
        said = {"project_name": NAME, **answers}
        copier.run_copy(str(template), kind, data=said, vcs_ref=version, defaults=True, quiet=True)
        (kind / "uv.lock").write_text("version = 1\n")
    for number in range(HOW_MANY):
        letters = f"A{chr(97 + number // 26)}{chr(97 + number % 26)}"
        repository = folder / f"repository-{number:03}"
        renamed(kinds[number % len(kinds)], repository, letters)
        edit(repository, number % EDITED)
        git(repository, "init", "-q", "-b", "main")
        if number % EDITED != EDITED - 1:
            git(repository, "add", "-A")
            git(repository, "commit", "-q", "-m", "First commit")


def renamed(kind: Path, target: Path, letters: str) -> None:
    """A copy under another name: as Copier would have made it."""
    low = letters.lower()
    words = {b"Model Aaa": f"Model {letters}", b"model-aaa": f"model-{low}", b"model_aaa": f"model_{low}"}
    for file in (path for path in kind.rglob("*") if path.is_file()):
        place = target / file.relative_to(kind).as_posix().replace("model_aaa", f"model_{low}")
        place.parent.mkdir(parents=True, exist_ok=True)
        content = file.read_bytes()
        for old, new in words.items():
            content = content.replace(old, new.encode())
        place.write_bytes(content)


def edit(repository: Path, turn: int) -> None:
    if turn == 1:
        (repository / "platform" / "README.md").write_text("Ours.\n")
    if turn == 2:
        owners = repository / "raci.yml"
        owners.write_text(owners.read_text().replace('team: "@acme/', 'team: "', 1))


@dataclass(frozen=True)
class Run:
    """One report: seconds, seconds of its processes' own work, MB of all of them at most, and what it counted."""

    seconds: float
    work: float
    memory: float
    counts: dict[str, int]


def report(template: Path, folder: Path, cache: Path) -> Run:
    command = [str(Path(sys.executable).with_name("fleet")), "report", str(folder / "fleet.txt"), "--json"]
    started, before, most = time.perf_counter(), work(), 0
    with (folder.parent / "report.json").open("w+") as said:
        running = subprocess.Popen([*command, "--template", str(template), "--cache", str(cache)], stdout=said)
        while running.poll() is None:
            most = max(most, memory(running.pid))
            time.sleep(SAMPLED_S)
        took = time.perf_counter() - started
        assert running.returncode == 0
        said.seek(0)
        return Run(took, work() - before, most / 1e6, json.load(said)["summary"])


def work() -> float:
    """Processor time of all that this process has started and that has ended."""
    spent = resource.getrusage(resource.RUSAGE_CHILDREN)
    return spent.ru_utime + spent.ru_stime


def memory(process: int) -> int:
    """What a process and those below it hold; what they share is counted once."""
    try:
        family = [psutil.Process(process), *psutil.Process(process).children(recursive=True)]
        return sum(each.memory_full_info().pss for each in family)
    except psutil.Error:  # one ended meanwhile
        return 0


def write(runs: dict[str, Run], load: float) -> None:
    """Put the figures into the page, between its marks."""
    first = next(iter(runs.values()))
    found = ", ".join(f"{count} {what}" for what, count in first.counts.items())
    verdict = "met" if first.seconds <= TARGET_S else "missed"
    lines = [
        f"Measured on {date.today()}, on {machine()}. Load before it: {load:.1f}; other programs make it longer.",
        "",
        f"| {HOW_MANY} repositories | Time | Processor time | Memory of all its processes |",
        "|---|---|---|---|",
        *(f"| {what} | {run.seconds:.0f} s | {run.work:.0f} s | {run.memory:.0f} MB |" for what, run in runs.items()),
        "",
        f"Found: {found}. {TARGET_S} s on two cores are the target: {verdict}.",
    ]
    before, _, rest = PAGE.read_text(encoding="utf-8").partition(BEGIN)
    PAGE.write_text(f"{before}{BEGIN}\n" + "\n".join(lines) + f"\n\n{END}{rest.partition(END)[2]}", encoding="utf-8")


def main() -> None:
    with tempfile.TemporaryDirectory() as name:
        work = Path(name)
        template = released(work / "template")
        (work / "fleet").mkdir()
        copies(template, work / "fleet")
        names = sorted(path.name for path in (work / "fleet").iterdir())
        (work / "fleet" / "fleet.txt").write_text("".join(f"./{each}\n" for each in names))
        load = os.getloadavg()[0]
        titles = ("first report, nothing rendered yet", "next report: what was rendered is kept")
        runs = {title: report(template, work / "fleet", work / "cache") for title in titles}
    write(runs, load)


if __name__ == "__main__":
    main()
