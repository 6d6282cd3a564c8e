"""Container images without a registry: stand-ins for the two images a generated Dockerfile starts from, built and run.

The base image holds the Python that the project was made with, pip, a shell, a few programs of which one runs as root
whoever calls it, and the C libraries they need: what `python:*-slim` holds of those, taken from this machine, because
no image registry can be counted on here.
"""

import json
import os
import re
import shlex
import shutil
import subprocess
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from tools import needs

_CERTIFICATES = Path("/etc/ssl/certs/ca-certificates.crt")
# What manylinux wheels may take for granted (PEP 600), and what looks names up.
_LIBRARIES = ("libstdc++.so.6", "libgcc_s.so.1", "libm.so.6", "librt.so.1", "libdl.so.2", "libpthread.so.0",
              "libutil.so.1", "libresolv.so.2", "libnss_dns.so.2", "libnss_files.so.2")  # fmt: skip
LIMITS = ("--ulimit", "nofile=1024:1024", "--ulimit", "nproc=1024:1024")
_HOW = ("--isolation", "chroot", "--format", "docker", "--layers", "--pull-never", "--network", "host")
_PROGRAMS = ("chmod", "chown", "env", "find", "mkdir", "rm", "sed", "su")
_AS_ROOT = [] if os.geteuid() == 0 else ["sudo", "--non-interactive"]
_LEFT_OUT = shutil.ignore_patterns("site-packages", "test", "__pycache__", "*.a", "config-*", "idlelib", "tkinter")


@dataclass(frozen=True)
class Store:
    """Where buildah and podman keep images and containers, apart from the machine's own."""

    folder: Path

    def buildah(self, *arguments: str, cwd: Path | None = None) -> "subprocess.CompletedProcess[str]":
        return _run("buildah", *self._options, *arguments, cwd=cwd)

    def podman(self, *arguments: str) -> "subprocess.CompletedProcess[str]":
        return _run("podman", *self._options, "--cgroup-manager", "cgroupfs", "--runtime", "runc", *arguments)

    def run(self, *arguments: str, network: str = "host") -> "subprocess.CompletedProcess[str]":
        """Run a container as Kubernetes would: no capability, nothing to write to but /tmp."""
        closed = ("--read-only", "--cap-drop", "ALL", "--security-opt", "no-new-privileges", "--tmpfs", "/tmp")
        return self.podman(
            "run", "--network", network, "--pull=never", "--no-healthcheck", *LIMITS, *closed, *arguments
        )

    def empty(self) -> None:
        """Stop what runs and let go of the disk, so that the folder can be deleted."""
        self.podman("rm", "--all", "--force", "--time", "1")
        self.buildah("rm", "--all")
        _run("umount", "--lazy", str(self.folder / "store" / "overlay"))
        _run("rm", "-rf", str(self.folder))

    @property
    def _options(self) -> list[str]:
        storage = ["--root", str(self.folder / "store"), "--runroot", str(self.folder / "run")]
        return [*storage, "--storage-driver", "overlay"]

    def build(self, project: Path, tag: str, *arguments: str) -> "subprocess.CompletedProcess[str]":
        """Build the Dockerfile of a project."""
        return self.buildah("bud", *_HOW, *arguments, "--tag", tag, ".", cwd=project)

    def docker(self, folder: Path) -> Path:
        """A folder with a `docker` whose `build` builds in this store: there is no daemon to ask."""
        build = shlex.join(_command("buildah", *self._options, "bud", *_HOW))
        (folder / "docker").write_text(f'#!/bin/sh\n[ "$1" = build ] && shift && exec {build} "$@"\n')
        (folder / "docker").chmod(0o755)
        return folder

    def inspect(self, tag: str) -> dict[str, Any]:
        """What an image says of itself."""
        said: dict[str, Any] = json.loads(self.podman("image", "inspect", tag).stdout)[0]
        return said

    def commit(self, rootfs: Path, tag: str, *environment: str) -> None:
        """An image that holds nothing but a folder."""
        container = self._checked("from", "scratch")
        self._checked("copy", "--quiet", container, str(rootfs), "/")
        self._checked("config", *(part for each in environment for part in ("--env", each)), container)
        self._checked("commit", "--quiet", "--rm", container, tag)

    def _checked(self, *arguments: str) -> str:
        done = self.buildah(*arguments)
        assert done.returncode == 0, done.stderr
        return done.stdout.strip()


def _run(*command: str, cwd: Path | None = None) -> "subprocess.CompletedProcess[str]":
    return subprocess.run(_command(*command), cwd=cwd, capture_output=True, text=True)


def _command(*command: str) -> list[str]:
    # buildah keeps what `RUN --mount=type=cache` downloads below TMPDIR: kept, for the next build.
    kept = needs.cached("image", lambda folder: None)
    return [*_AS_ROOT, "env", f"TMPDIR={kept}", *command]


def tools() -> None:
    """Skip, or in CI fail, unless images can be built and run here."""
    for name in ("buildah", "podman", "runc"):
        needs.program(name)
    if subprocess.run([*_AS_ROOT, "true"], capture_output=True).returncode:
        needs.missing("root, to build an image")


def stand_ins(store: Store, project: Path, rootfs: Path) -> None:
    """Make the images that the project's Dockerfile names, from this machine's Python and uv."""
    uv_image, base_image, _ = re.findall(r"^FROM (\S+)", (project / "Dockerfile").read_text(), re.MULTILINE)
    _base(project, rootfs / "base")
    uv = rootfs / "uv"
    uv.mkdir()
    shutil.copy(_uv(), uv / "uv")
    path = "PATH=/usr/local/bin:/usr/bin:/bin"
    store.commit(rootfs / "base", base_image, path, "LANG=C.UTF-8", f"SSL_CERT_FILE={_CERTIFICATES}")
    store.commit(uv, uv_image)


def _uv() -> str:
    """The program itself: what PATH finds may be a script that calls it."""
    from uv import find_uv_bin

    return str(find_uv_bin())


def _base(project: Path, root: Path) -> None:
    """A file tree with a Python, a shell, certificates, and the libraries they need."""
    python = (project / ".venv" / "bin" / "python").resolve()
    prefix = python.parents[1]
    version = re.sub(r"^python", "", python.name)
    for part in ("bin", "etc", "tmp", "usr/local/bin", "usr/local/lib", "root"):
        (root / part).mkdir(parents=True)
    (root / "tmp").chmod(0o1777)
    (root / "etc/passwd").write_text("root:x:0:0:root:/root:/bin/sh\n")
    shutil.copy(shutil.which("dash") or "/bin/sh", root / "bin/sh")
    zone = Path("/usr/share/zoneinfo/UTC")  # pyarrow looks it up by its name
    (root / "usr/share/zoneinfo").mkdir(parents=True)
    shutil.copy(zone, root / zone.relative_to("/"))
    programs = [root / "bin" / name for name in _PROGRAMS]
    for program in programs:
        shutil.copy(needs.program(program.name), program)
    (root / "bin/su").chmod(0o4755)
    library = f"lib/python{version}"
    shutil.copytree(prefix / library, root / "usr/local" / library, ignore=_LEFT_OUT, symlinks=True)
    _pip(prefix / library / "ensurepip/_bundled", root / "usr/local" / library / "site-packages")
    shutil.copy(python, root / "usr/local/bin/python3")
    (root / "usr/local/bin/python").symlink_to("python3")
    shutil.copytree(
        _CERTIFICATES.parent,
        root / _CERTIFICATES.parent.relative_to("/"),
        ignore=shutil.ignore_patterns("*.0", "*.pem"),
    )
    known = dict(re.findall(r"^\s*(\S+) .*=> (/\S+)$", _run("ldconfig", "-p").stdout, re.MULTILINE)[::-1])
    linked_ones = [python, root / "bin/sh", *programs, *(prefix / library / "lib-dynload").glob("*.so")]
    linked = re.findall(r"(/\S+) \(0x", _run("ldd", *map(str, linked_ones), _uv()).stdout)
    for file in {*linked, *(known[name] for name in _LIBRARIES if name in known)}:
        target = root / file.lstrip("/")
        target.parent.mkdir(parents=True, exist_ok=True)
        shutil.copy(file, target)


def _pip(bundled: Path, packages: Path) -> None:
    """Unpack the pip that Python brings."""
    (wheel,) = bundled.glob("pip-*.whl")
    shutil.unpack_archive(wheel, packages, "zip")
