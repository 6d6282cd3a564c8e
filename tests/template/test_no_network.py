"""Once it is installed, a project lives without any network: in a namespace that has none but its own loopback."""

import json
import os
import subprocess
from pathlib import Path

import pytest
from tools import needs

pytestmark = pytest.mark.xdist_group("life")

LIFE = """
set -euo pipefail
ip link set lo up
rm -f .road/said
road train
road handoff build
uv run --quiet road handoff verify
road who src/fraud_scoring/model.py
road contract check
road raci check
road serve --port 0 --json >.road/said 2>.road/log &
server=$!
trap "kill -9 $server 2>/dev/null || true" EXIT
until [ -s .road/said ] || ! kill -0 $server; do sleep 0.1; done
bash -c "$(python -c 'import json; print(json.load(open(".road/said"))["try"])')"
kill -INT $server
wait $server
"""


def test_a_network_that_is_not_there_is_noticed_by_nothing(evidence: Path) -> None:
    project = evidence.parent
    path = f"{project}/.venv/bin{os.pathsep}{os.environ['PATH']}"
    hook = {"PYTHONPATH": str(Path(__file__).with_name("hook")), "OMP_NUM_THREADS": "1"}

    command = [*needs.no_network(), "bash", "-c", LIFE]
    done = subprocess.run(command, cwd=project, env=os.environ | hook | {"PATH": path}, capture_output=True, text=True)

    assert done.returncode == 0, done.stdout + done.stderr
    assert "checks hold" in done.stdout and "accountable" in done.stdout
    assert 0 <= json.loads(done.stdout.splitlines()[-1])["fraud_probability"] <= 1


def test_nothing_can_be_reached_where_that_was_lived() -> None:
    reach = "import socket; socket.create_connection(('192.0.2.1', 80), 5)"

    done = subprocess.run([*needs.no_network(), "python3", "-c", reach], capture_output=True, text=True)

    assert "Network is unreachable" in done.stderr
