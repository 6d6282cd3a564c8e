"""Part 2: the serving set, exactly: what uv locked for `paved-road` with the extras that serve, with hashes."""

import platform
import shutil
import subprocess
from collections.abc import Iterator
from importlib import metadata

from packaging.markers import InvalidMarker, Marker
from packaging.requirements import InvalidRequirement, Requirement

from paved_road.findings import Finding, problem
from paved_road.handoff.formats import EXTRAS
from paved_road.handoff.manifest import Package
from paved_road.project import Format, Project

_EXPORT = (
    *("uv", "export", "--quiet", "--frozen", "--package", "paved-road", "--no-dev", "--no-emit-workspace"),
    *("--format", "requirements.txt", "--no-header", "--no-annotate"),
)


def start_export(project: Project, served: Format) -> subprocess.Popen[bytes]:
    """Ask uv for the serving set of a format, with what the repository adds; read it with `finish_export`.

    Raises:
        Problem: without uv, or without a lock.
    """
    if not (project.root / "uv.lock").is_file():
        raise problem("DEPENDENCIES001", "there is no uv.lock", "run `uv lock`, and commit it", path="uv.lock")
    if shutil.which("uv") is None:
        raise problem("DEPENDENCIES002", "uv is not installed", "install it, or run `road` through `uv run`")
    wanted = (*EXTRAS[served], *project.settings.serving_extras)
    extras = (argument for extra in wanted for argument in ("--extra", extra))
    return subprocess.Popen([*_EXPORT, *extras], cwd=project.root, stdout=subprocess.PIPE, stderr=subprocess.PIPE)


def finish_export(process: subprocess.Popen[bytes]) -> bytes:
    """The serving set as a requirements file.

    Raises:
        Problem: if uv cannot read its lock.
    """
    output, errors = process.communicate()
    if process.returncode:
        said = errors.decode(errors="replace").strip().splitlines() or ["it did not say why"]
        raise problem("DEPENDENCIES003", f"uv cannot export uv.lock: {said[-1]}", "run `uv lock`", path="uv.lock")
    return output


def packages(requirements: bytes, shown: str) -> list[Package]:
    """Parse a requirements file in which every line is pinned and hashed.

    Raises:
        Problem: naming the first line that is not.
    """
    found = []
    for line in requirements.decode().replace("\\\n", " ").splitlines():
        if not line.strip():
            continue
        spec, *hashes = line.split(" --hash=sha256:")
        try:
            wanted = Requirement(spec.strip())
        except InvalidRequirement:
            raise problem("DEPENDENCIES004", f"cannot be read: {line[:80]}", "build it again", path=shown) from None
        pins = [pin.version for pin in wanted.specifier if pin.operator == "=="]
        digests = sorted(digest.strip() for digest in hashes)
        if len(pins) != 1 or not digests:
            fact = f"{wanted.name} is not pinned to a version with hashes"
            raise problem("DEPENDENCIES004", fact, "take it from an index", path=shown)
        found.append(Package(name=wanted.name, version=pins[0], marker=str(wanted.marker or ""), sha256=digests))
    return found


def differences(handed: list[Package], now: list[Package], where: str) -> Iterator[Finding]:
    """Every package that is not what was handed over."""
    before, after = ({(package.name, package.marker): package for package in side} for side in (handed, now))
    for name, marker in sorted(before.keys() | after.keys()):
        old, new = before.get((name, marker)), after.get((name, marker))
        if old == new:
            continue
        if old and new and old.version == new.version:
            fact = f"{name} {old.version} has other hashes in {where}"
        else:
            versions = [package.version if package else "nothing" for package in (old, new)]
            fact = f"{name}: handed over with {versions[0]}, {where} has {versions[1]}"
        yield _finding(fact)


def installed(handed: list[Package]) -> Iterator[Finding]:
    """Every package of the serving set that this interpreter has in another version, or not at all."""
    for package in handed:
        try:
            if package.marker and not Marker(package.marker).evaluate():
                continue
        except InvalidMarker:
            yield _finding(f"{package.name}: {package.marker!r} is no environment marker")
            continue
        try:
            now = metadata.version(package.name)
        except metadata.PackageNotFoundError:
            now = "nothing"
        if now != package.version:
            yield _finding(f"{package.name}: handed over with {package.version}, this environment has {now}")


def interpreter() -> str:
    """Implementation and version, for instance ``CPython 3.12.1``."""
    return f"{platform.python_implementation()} {platform.python_version()}"


def _finding(fact: str) -> Finding:
    remedy = "go back to the set that was handed over, or build a new handoff with this one"
    return Finding(code="DEPENDENCIES005", fact=f"dependencies: {fact}", remedy=remedy)
