"""What an update costs that changes nothing, beside Copier's own: a template of as many files, with nothing in them."""

import resource
import statistics
import subprocess
import sys
import tempfile
from dataclasses import dataclass
from pathlib import Path

from life import ROOT, ROUNDS, copy, repository, seconds


def template(work: Path) -> Path:
    """This repository, with its last commit as its one release; packed, as a forge sends it."""
    subprocess.run(["git", "clone", "-q", "--no-local", str(ROOT), str(work / "ours")], check=True)
    for tag in subprocess.run(["git", "tag"], cwd=work / "ours", capture_output=True, text=True).stdout.split():
        subprocess.run(["git", "tag", "--delete", tag], cwd=work / "ours", check=True, capture_output=True)
    subprocess.run(["git", "tag", "v0.1.0"], cwd=work / "ours", check=True)
    return work / "ours"


def rendered(source: Path, project: Path) -> set[str]:
    """Files of a project that came from a `.jinja`, as far as their name says so."""
    names = {file.name.removesuffix(".jinja") for file in (source / "template").rglob("*.jinja")}
    return {
        path
        for path in files(project)
        if any(name == Path(path).name or ("{" in name and Path(path).name in name) for name in names)
    }


def files(project: Path) -> list[str]:
    listed = subprocess.run(["git", "ls-files"], cwd=project, capture_output=True, text=True, check=True)
    return listed.stdout.splitlines()


def twin(work: Path, paths: list[str], jinja: set[str]) -> Path:
    """A template of the same paths, each with one line, and of one question."""
    source = work / "twin"
    for path in paths:
        file = source / "template" / (f"{path}.jinja" if path in jinja else path)
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text("{{ name }}\n" if path in jinja else "plain\n")
    answers = source / "template" / "{{ _copier_conf.answers_file }}.jinja"
    answers.write_text("{{ _copier_answers | to_nice_yaml }}")
    (source / "copier.yml").write_text("_subdirectory: template\nname: {type: str, default: x}\n")
    repository(source)
    return source


@dataclass(frozen=True)
class Cost:
    """What one update took: seconds, and seconds of its processes' own work, which other programs disturb less."""

    clock: float
    work: float


def no_op(*projects: Path) -> list[Cost]:
    """Medians of an update to the version that is there, in turns, so that a busy minute falls on all alike."""
    rounds = [[update(project) for project in projects] for _ in range(ROUNDS)]
    return [
        Cost(statistics.median(each.clock for each in costs), statistics.median(each.work for each in costs))
        for costs in zip(*rounds, strict=True)
    ]


def update(project: Path) -> Cost:
    before = work_done()
    took = seconds(sys.executable, "-m", "copier", "update", "--quiet", "--defaults", cwd=project)
    return Cost(took, work_done() - before)


def work_done() -> float:
    """Processor time of all that this process has started and that has ended."""
    spent = resource.getrusage(resource.RUSAGE_CHILDREN)
    return spent.ru_utime + spent.ru_stime


def main() -> None:
    with tempfile.TemporaryDirectory() as name:
        work = Path(name)
        source = template(work)
        copy(source, work / "project")
        repository(work / "project")
        paths = [path for path in files(work / "project") if path != ".copier-answers.yml"]
        jinja = rendered(source, work / "project")
        copy(twin(work, paths, jinja), work / "empty")
        repository(work / "empty")
        ours, theirs = no_op(work / "project", work / "empty")
    ratio = f"{ours.clock / theirs.clock:.2f} x a template of one line in as many files"
    print(f"no-op copier update     {ours.clock:6.2f} s, {ratio}")
    print(f"                        {ours.work:6.2f} s of processor time, {ours.work / theirs.work:.2f} x")
    print(f"                        ({len(paths)} files, {len(jinja)} of them rendered)")


if __name__ == "__main__":
    main()
