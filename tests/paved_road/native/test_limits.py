"""What a model's process has given away: each wall is run into, by a process that stands behind them."""

import subprocess
import sys
from pathlib import Path

import pytest

BEHIND = """
import os, pickle, sys
from paved_road.native import limits
limits.memory(2**30)
import ctypes, pathlib, shutil, signal, socket, subprocess, tempfile, urllib.request
limits.close()
"""


def behind_the_walls(code: str) -> str:
    """What a process says at its end that tries this."""
    done = subprocess.run([sys.executable, "-I", "-c", BEHIND + code], capture_output=True, text=True)
    assert done.returncode, f"{code} was let through"
    return done.stderr.strip().splitlines()[-1]


@pytest.mark.parametrize(
    ("code", "event"),
    [
        ("socket.socket()", "socket.__new__"),
        ("socket.getaddrinfo('localhost', 80)", "socket.getaddrinfo"),
        ("urllib.request.urlopen('http://localhost')", "urllib.Request"),
        ("subprocess.run(['true'])", "subprocess.Popen"),
        ("os.system('true')", "os.system"),
        ("os.execv('/bin/true', ['true'])", "os.exec"),
        ("os.posix_spawn('/bin/true', ['true'], {})", "os.posix_spawn"),
        ("os.fork()", "os.fork"),
        ("os.kill(os.getppid(), signal.SIGTERM)", "os.kill"),
        ("os.remove('/nothing')", "os.remove"),
        ("os.rename('/nothing', '/nowhere')", "os.rename"),
        ("os.mkdir('/nothing')", "os.mkdir"),
        ("os.chmod('/tmp', 0o777)", "os.chmod"),
        ("os.symlink('/etc', '/nothing')", "os.symlink"),
        ("shutil.rmtree('/nothing')", "shutil.rmtree"),
        ("tempfile.mkdtemp(dir='/')", "tempfile.mkdtemp"),
        ("pickle.loads(b'cos\\nsystem\\n.')", "pickle.find_class"),
        ("ctypes.CDLL(None)", "ctypes.dlopen"),
        ("import resource; resource.setrlimit(resource.RLIMIT_FSIZE, (-1, -1))", "resource.setrlimit"),
    ],
)
def test_what_a_model_never_does_is_refused_by_its_name(code: str, event: str) -> None:
    assert behind_the_walls(code) == f"PermissionError: the sandbox refuses {event}"


@pytest.mark.parametrize("mode", ["w", "a", "r+", "x", "wb"])
def test_no_file_is_opened_for_writing(tmp_path: Path, mode: str) -> None:
    said = behind_the_walls(f"open({str(tmp_path / 'file')!r}, {mode!r})")

    assert said == "PermissionError: the sandbox refuses to open a file for writing"
    assert not list(tmp_path.iterdir())


def test_a_file_that_is_open_takes_no_byte(tmp_path: Path) -> None:
    already = f"stream = open({str(tmp_path / 'file')!r}, 'wb', buffering=0)\n"

    done = subprocess.run(
        [sys.executable, "-I", "-c", already + BEHIND + "stream.write(b'x')"], capture_output=True, text=True
    )

    assert "File too large" in done.stderr
    assert (tmp_path / "file").read_bytes() == b""


def test_memory_ends_where_it_was_set() -> None:
    assert behind_the_walls("bytearray(2**31)") == "MemoryError"
