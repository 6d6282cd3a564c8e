"""The generated server against what people would pick instead: `make bench-serving`.

Same model, same records, same client (`wrk`), one worker each, one server at a time. Every other server gets an
environment of its own, made by uv from the exact versions in others/requirements/.
"""

import argparse
import json
import os
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

import measured
import page
import servers
from competitors import FLOOR, OURS, PEERS, Peer
from running import ENVIRONMENT, ROOT, copy, repository

OTHERS = ROOT / "benchmarks/others"
# One thread for one record, as the handed-over artifact is run; and nobody is called while measuring.
QUIET = {
    "OMP_NUM_THREADS": "1",
    "BENTOML_DO_NOT_TRACK": "true",
    "RAY_USAGE_STATS_ENABLED": "0",
    "RAY_ENABLE_UV_RUN_RUNTIME_ENV": "0",
    "MLFLOW_DISABLE_TELEMETRY": "true",
}


def main() -> None:
    asked = _arguments()
    if not shutil.which("wrk"):
        sys.exit("wrk is not installed: `apt-get install wrk` (Debian), `brew install wrk` (macOS)")
    with tempfile.TemporaryDirectory() as name:
        project = asked.project or _handed_over(Path(name))
        model = _for_all(project, Path(name))
        environments = asked.environments or Path(name) / "environments"
        results = {}
        for peer in (OURS, FLOOR, *PEERS):
            if asked.only and peer.name not in (OURS.name, FLOOR.name, *asked.only):
                continue
            print(f"{peer.name} …", file=sys.stderr, flush=True)
            results[peer.name] = _measure(peer, project, model, environments, asked.rounds)
    if asked.json:
        print(json.dumps(results, indent=2))
    else:
        page.publish(None if asked.only else asked.page, "serving", [servers.block(results, asked.rounds)])


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--project", type=Path, help="a generated project that handed over; made if left out")
    parser.add_argument("--environments", type=Path, help="where the others' environments are kept")
    parser.add_argument("--only", action="append", metavar="NAME", help="beside ours and the floor; writes no page")
    parser.add_argument("--rounds", type=int, default=5, help="measurements of each load")
    parser.add_argument("--json", action="store_true", help="print JSON, and write no page")
    parser.add_argument("--page", type=Path, help="write the section into this page, besides printing it")
    return parser.parse_args()


def _handed_over(folder: Path) -> Path:
    """A generated project, trained and handed over."""
    project = folder / "project"
    subprocess.run(["git", "clone", "-q", str(ROOT), str(folder / "template")], check=True)
    copy(folder / "template", project)
    repository(project)
    for command in (["uv", "sync", "-q"], [".venv/bin/road", "train"], [".venv/bin/road", "handoff", "build"]):
        subprocess.run(command, cwd=project, check=True, env=ENVIRONMENT, stdout=subprocess.DEVNULL)
    return project


def _for_all(project: Path, folder: Path) -> Path:
    """A folder with what the other servers need: the scikit-learn model, and a record."""
    subprocess.run(
        [project / ".venv/bin/python", OTHERS / "train.py", folder], cwd=project, check=True, env=ENVIRONMENT
    )
    return folder


def _measure(peer: Peer, project: Path, model: Path, environments: Path, rounds: int) -> measured.Result:
    python = _python(peer, project, environments)
    (artifact,) = (project / "handoff").glob("model-*.onnx")
    files = {"ONNX_FILE": str(artifact), "SKLEARN_FILE": str(model / "model.joblib")}
    variables = ENVIRONMENT | QUIET | files | {"PATH": f"{python.parent}{os.pathsep}{ENVIRONMENT['PATH']}"}
    if peer.prepare:
        subprocess.run([python, OTHERS / peer.prepare, model], check=True, env=variables, stdout=subprocess.DEVNULL)
    records = json.loads((model / "records.json").read_text())
    port = measured.free_port()
    places = {"port": port, "python": python, "handoff": project / "handoff", "root": ROOT, "model": model}
    command = [word.format(**places) for word in peer.command]
    bodies = {size: json.dumps(peer.body(records[peer.record], size)).encode() for size in (1, measured.MANY)}
    return measured.result(command, OTHERS, variables, f"http://127.0.0.1:{port}{peer.path}", bodies, rounds)


def _python(peer: Peer, project: Path, environments: Path) -> Path:
    """The interpreter of a server's own environment."""
    if not peer.requirements:
        return project / ".venv/bin/python"
    folder = environments / peer.requirements
    if not folder.exists():
        python = project / ".venv/bin/python"
        subprocess.run(["uv", "venv", "-q", "--python", python.resolve(), folder], check=True, env=ENVIRONMENT)
        wanted = OTHERS / f"requirements/{peer.requirements}.txt"
        install = ["uv", "pip", "install", "-q", "--compile-bytecode", "--python", str(folder)]
        subprocess.run([*install, "--requirement", str(wanted)], check=True, env=ENVIRONMENT)
    return folder / "bin/python"


if __name__ == "__main__":
    main()
