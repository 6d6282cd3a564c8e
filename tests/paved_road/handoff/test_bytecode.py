"""Bytecode in an image is the same whenever its source was installed, and Python takes it."""

import os
import py_compile
import subprocess
import sys
from pathlib import Path

import pytest
from paved_road.handoff import bytecode


def compiled(source: Path, at: int) -> Path:
    os.utime(source, (at, at))
    return Path(str(py_compile.compile(str(source), doraise=True)))


def test_bytecode_of_one_source_is_one_whenever_it_was_written(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "pycache_prefix", str(tmp_path / "cache"))
    (tmp_path / "said.py").write_text("print('said')")
    files = []
    for at in (1_700_000_000, 1_800_000_000):
        file = compiled(tmp_path / "said.py", at)
        before = file.read_bytes()
        bytecode.settle(tmp_path / "cache")
        files.append((before, file.read_bytes()))

    (first, settled), (second, settled_again) = files

    assert first != second
    assert settled == settled_again


def test_python_takes_what_was_settled_though_the_source_has_another_time(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sys, "pycache_prefix", str(tmp_path / "cache"))
    (tmp_path / "said.py").write_text("")
    compiled(tmp_path / "said.py", 1_700_000_000)
    bytecode.settle(tmp_path / "cache")
    os.utime(tmp_path / "said.py")

    variables = os.environ | {"PYTHONPYCACHEPREFIX": str(tmp_path / "cache"), "PYTHONDONTWRITEBYTECODE": "1"}
    command = [sys.executable, "-v", "-c", "import said"]
    done = subprocess.run(command, cwd=tmp_path, env=variables, capture_output=True, text=True)

    assert f"code object from '{tmp_path / 'cache'}" in done.stderr
