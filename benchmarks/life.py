"""How long it takes to a first verified handoff, step by step, beside what others do for the same.

Usage: python benchmarks/life.py [--page docs/benchmarks.md] [--rounds 3]. Never a test.
"""

import os
import statistics
import tempfile
from pathlib import Path

import handoff
import page
import twins
from running import ROOT, copy, repository, seconds

OTHERS = ROOT / "benchmarks/others"
COOKIECUTTER, KEDRO = "cookiecutter==2.7.1", "kedro==1.7.0"


def generation(work: Path, rounds: int) -> tuple[list[list[str]], float]:
    """Rows of how long a generation takes; and ours, in seconds."""
    (work / "one").mkdir()
    (work / "one/copier.yml").write_text("name: {type: str, default: x}\n")
    (work / "one/file.txt.jinja").write_text("{{ name }}\n")
    repository(work / "one")
    source = twins.ours(work)
    took = {"this template": [copy(source, work / f"project{number}") for number in range(rounds)]}
    repository(work / "project0")
    count = len(twins.files(work / "project0"))
    twin, baked = twins.copiers(work, work / "project0"), twins.cookiecutters(work, work / "project0")
    took[f"Copier, {count} files of one line"] = [copy(twin, work / f"twin{number}") for number in range(rounds)]
    took["Copier, one file"] = [copy(work / "one", work / f"floor{number}") for number in range(rounds)]
    cookiecutter = ("uvx", "--from", COOKIECUTTER, "cookiecutter", "--no-input", str(baked), "--output-dir")
    kedro = ("uvx", "--from", KEDRO, "kedro", "new", "--tools=none", "--example=n", "--telemetry=no", "--name=model")
    for name, command in ((f"Cookiecutter, {count} files of one line", cookiecutter), ("`kedro new`, its own", kedro)):
        seconds("uvx", "--from", command[2], command[3], "--help", cwd=work)  # installs it
        took[name] = []
        for number in range(rounds):
            folder = work / f"{command[3]}{number}"
            folder.mkdir()
            last = (str(folder),) if command is cookiecutter else ()
            took[name].append(seconds(*command, *last, cwd=folder))
    middle = {name: statistics.median(times) for name, times in took.items()}
    mine = middle["this template"]
    return [[name, f"{each:.2f} s", f"{mine / each:.2f}"] for name, each in middle.items()], mine


def first_handoff(project: Path, generated: float, rounds: int) -> list[list[str]]:
    """Rows of the steps to a first verified handoff, and of others' ways to keep a model."""
    road, python = str(project / ".venv/bin/road"), str(project / ".venv/bin/python")
    steps = {
        "`copier copy`": generated,
        "`uv sync`, with the packages in its cache": seconds("uv", "sync", cwd=project),
        "`road train`": seconds(road, "train", cwd=project),
        "`road handoff build`": seconds(road, "handoff", "build", cwd=project),
        "`road handoff verify`": min(seconds(road, "handoff", "verify", cwd=project) for _ in range(rounds)),
    }
    rows = [[name, f"{took:.1f} s"] for name, took in steps.items()]
    rows.append(["**from nothing to a verified handoff**", f"**{sum(steps.values()):.1f} s**"])
    for name, kind in (
        ("the same fit, and `joblib.dump`", "joblib"),
        ("the same fit, and `mlflow` `log_model`", "mlflow"),
    ):
        command = (python, str(OTHERS / "keep.py"), kind)
        rows.append([name, f"{min(seconds(*command, cwd=project) for _ in range(rounds)):.1f} s"])
    return rows


def main() -> None:
    asked = page.asked(__doc__, 3)
    load = os.getloadavg()[0]
    with tempfile.TemporaryDirectory() as name:
        rows, mine = generation(Path(name), asked.rounds)
        said = page.measured(asked.rounds, load)
        head = ("Generated", "Time, median", "Ours is so many times as long")
        page.publish(asked.page, "generation", [said, "", *page.table(head, rows)])
        project = Path(name) / "project0"
        rows = first_handoff(project, mine, asked.rounds)
        page.publish(asked.page, "handoff", [said, "", *page.table(("Step", "Time"), rows)])
        rows = handoff.rows(project, asked.rounds)
        head = ("Work", "Time", "Beside")
        page.publish(asked.page, "verify", [said, "", *page.table(head, rows)])


if __name__ == "__main__":
    main()
