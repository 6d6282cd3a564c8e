"""The Open Data Contract Standard's own tool accepts the contract that `road` enforces, and the data that keeps it."""

import subprocess
import sys
from pathlib import Path

import pytest

pytestmark = pytest.mark.xdist_group("life")

TOOL = ("uv", "tool", "run", "--quiet", "--from", "datacontract-cli[duckdb]==1.2.8", "datacontract")
SERVER = "servers:\n  - {server: local, type: local, path: ./data.parquet, format: parquet}\n"
WRITE = "from fraud_scoring.data import load; table = load(); {change}; table.to_parquet(r'{path}')"


def datacontract(verb: str, folder: Path) -> "subprocess.CompletedProcess[str]":
    command = [*TOOL, verb, "data.yml"]
    return subprocess.run(command, cwd=folder, capture_output=True, text=True, check=False)


@pytest.fixture
def promised(lived_in: Path, tmp_path: Path) -> Path:
    """A folder with the contract, which names a file of data beside it."""
    contract = (lived_in / "contracts" / "data.yml").read_text(encoding="utf-8")
    (tmp_path / "data.yml").write_text(contract + SERVER, encoding="utf-8")
    return tmp_path


def write(lived_in: Path, folder: Path, change: str = "pass") -> None:
    code = WRITE.format(change=change, path=folder / "data.parquet")
    python = lived_in / ".venv" / ("Scripts/python.exe" if sys.platform == "win32" else "bin/python")
    subprocess.run([python, "-c", code], cwd=lived_in, check=True)


def test_it_accepts_the_contract_and_data_that_keeps_it(lived_in: Path, promised: Path) -> None:
    write(lived_in, promised)

    linted, tested = datacontract("lint", promised), datacontract("test", promised)

    assert linted.returncode == 0, linted.stdout + linted.stderr
    assert tested.returncode == 0, tested.stdout + tested.stderr
    assert "failed" not in tested.stdout


def test_it_refuses_what_road_refuses(lived_in: Path, promised: Path) -> None:
    write(lived_in, promised, "table.loc[0, 'channel'] = 'carrier pigeon'")

    tested = datacontract("test", promised)

    assert tested.returncode == 1
    assert "channel" in tested.stdout and "failed" in tested.stdout
