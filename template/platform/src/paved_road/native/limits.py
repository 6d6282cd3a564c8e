"""What the model's process gives away before it reads a byte of the model.

The kernel holds the limits. The hook is a second line: it sees what goes through Python, and not what code in C does.
"""

import os
import resource
import sys
from contextlib import nullcontext, suppress
from typing import Any

_FORBIDDEN = (
    *("socket.", "ssl.", "http.", "urllib.", "ftplib.", "smtplib.", "imaplib.", "poplib.", "webbrowser.", "syslog."),
    *("subprocess.", "os.exec", "os.fork", "os.posix_spawn", "os.spawn", "os.startfile", "os.system", "pty."),
    *("os.remove", "os.rename", "os.mkdir", "os.rmdir", "os.link", "os.symlink", "os.truncate", "os.utime"),
    *("os.chmod", "os.chown", "os.lchown", "os.chflags", "os.setxattr", "os.removexattr", "os.putenv", "os.unsetenv"),
    *("os.kill", "signal.pthread_kill", "shutil.", "tempfile.", "sqlite3.", "fcntl.", "resource."),
    *("pickle.find_class", "ctypes.", "code.__new__", "builtins.input", "sys.settrace", "sys.setprofile"),
)
"""Beginnings of the audit events that are refused, see Python's table of them."""
_WRITES = os.O_WRONLY | os.O_RDWR | os.O_CREAT | os.O_TRUNC | os.O_APPEND
_FILES = 64


def memory(most: int) -> None:
    """Take no more memory than this many bytes, and leave no image of it when it ends."""
    _limit(resource.RLIMIT_AS, most)
    _limit(resource.RLIMIT_CORE, 0)


def close() -> None:
    """Write to no file, start no process or thread, open few files; for the rest of the process's life."""
    _limit(resource.RLIMIT_FSIZE, 0)
    _limit(resource.RLIMIT_NPROC, 0)
    _limit(resource.RLIMIT_NOFILE, _FILES)
    sys.addaudithook(_refuse)


def _limit(which: int, most: int) -> None:
    # Other systems than Linux know some of these limits by name only.
    with nullcontext() if sys.platform == "linux" else suppress(ValueError, OSError):
        resource.setrlimit(which, (most, most))


def _refuse(event: str, arguments: tuple[Any, ...]) -> None:
    if event.startswith(_FORBIDDEN):
        raise PermissionError(f"the sandbox refuses {event}")
    if event == "open" and isinstance(arguments[2], int) and arguments[2] & _WRITES:
        raise PermissionError("the sandbox refuses to open a file for writing")
