"""A folder or a cloud's object store behind one interface, fsspec; and its errors in this project's words."""

import errno
import os
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import IO, Any
from urllib.parse import urlsplit

from paved_road import files
from paved_road.findings import Problem, problem

EXTRAS = {"s3": "s3", "gs": "gcs", "gcs": "gcs", "abfs": "azure", "abfss": "azure", "az": "azure"}
"""Which extra of this package holds what a URL's scheme needs."""

BLOCK = 16 * 2**20
"""Bytes held in memory; an upload of 10,000 such parts, the most that S3 takes, is 160 GiB."""

_OPTIONS: dict[str, dict[str, Any]] = {
    "s3": {"config_kwargs": {"connect_timeout": 5, "read_timeout": 60, "retries": {"max_attempts": 2}}},
    "azure": {"anon": False},  # or it would never ask for a workload's own identity
}
_CREDENTIALS = {"NoCredentials", "PartialCredentials", "CredentialRetrieval", "DefaultCredentials", "ProfileNotFound"}
_CREDENTIALS |= {"Refresh", "ClientAuthentication", "TokenRetrieval", "UnauthorizedSSOToken", "CredentialUnavailable"}
_NETWORK = {"EndpointConnection", "ConnectTimeout", "ReadTimeout", "ClientConnector", "ServiceRequest", "Connection"}
_NETWORK |= {"Timeout", "gai", "ClientConnectorDNS", "ServerDisconnected", "ServerTimeout", "Transport"}


def connect(location: str) -> tuple[Any, str]:
    """A file system and the path in it that a location names.

    Args:
        location: an absolute folder, or a URL.

    Raises:
        Problem: a location that is not understood, or a package that it needs is missing.
    """
    scheme = urlsplit(location).scheme if "://" in location else "file"
    if scheme not in {*EXTRAS, "file", "memory"}:
        fact = f"nothing can be kept at {location!r}: {scheme}:// is not known"
        raise problem("STORE001", fact, "name a folder, or an s3://, gs:// or abfs:// URL")
    if "://" in location and urlsplit(location).password:
        fact = "the location has a password in it"
        raise problem("STORE001", fact, "leave it out: credentials come from the environment, as your cloud's tools do")
    extra = EXTRAS.get(scheme, "score")
    try:
        from fsspec.core import url_to_fs

        with translated(location):
            filesystem, path = url_to_fs(
                location, skip_instance_cache=True, use_listings_cache=False, **_OPTIONS.get(extra, {})
            )
    except ImportError as error:
        fact = f"{location} needs a package that is not installed: {error.name or error}"
        raise problem("STORE002", fact, f'run `uv add "paved-road[{extra}]"`') from error
    return filesystem, path.rstrip("/")


@contextmanager
def translated(location: str) -> Iterator[None]:
    """Turn whatever a file system raises inside into a `Problem`; each cloud's library has exceptions of its own."""
    try:
        yield
    except (Problem, ImportError):
        raise
    except Exception as error:
        raise _problem(location, error) from error


def is_folder(filesystem: Any) -> bool:
    """Whether it is this machine's own."""
    return "file" in filesystem.protocol


@contextmanager
def appearing(location: str, filesystem: Any, key: str) -> Iterator[IO[bytes]]:
    """A stream to what appears under `key` at once, and only if nothing goes wrong inside."""
    with translated(location):
        if is_folder(filesystem):
            with files.replacing(Path(key)) as folder_stream:
                yield folder_stream
            return
        stream = filesystem.open(key, "wb", block_size=BLOCK)
        try:
            yield stream
            stream.close()
        except BaseException:
            _abandon(stream, filesystem, key)
            raise


def create(filesystem: Any, key: str, content: bytes) -> None:
    """Write a file that is not there yet; of several who do so at once, one does.

    Raises:
        FileExistsError: there is one.
    """
    if not is_folder(filesystem):
        filesystem.pipe_file(key, content, mode="create")
        return
    file = Path(key)
    file.parent.mkdir(parents=True, exist_ok=True)
    handle, draft = tempfile.mkstemp(prefix=f".{file.name}.", suffix=files.UNFINISHED, dir=file.parent)
    try:
        with os.fdopen(handle, "wb") as stream:
            stream.write(content)
        os.chmod(draft, 0o644)
        os.link(draft, file)
    finally:
        Path(draft).unlink(missing_ok=True)


def _abandon(stream: Any, filesystem: Any, key: str) -> None:
    with suppress(Exception):  # what went wrong before is what is said
        stream.discard()
        if hasattr(stream, "forced"):
            stream.closed = True  # or its destructor would finish the upload
        else:
            filesystem.rm(key)


def _problem(location: str, error: Exception) -> Problem:
    names = {kind.__name__.removesuffix("Error").removesuffix("Exception") for kind in type(error).__mro__}
    said = " ".join(str(error).split())[:200] or type(error).__name__
    code = getattr(error, "errno", None)
    if isinstance(error, PermissionError) or code == errno.EROFS:
        remedy = "give this identity the right to read, write and list there, or use credentials that have it"
        return problem("STORE005", f"{location} refuses this identity: {said}", remedy)
    if code == errno.ENOSPC:
        return problem("STORE006", f"{location} is full", "free some space; what was kept there is untouched")
    if isinstance(error, FileNotFoundError):
        return problem("STORE006", f"{location} does not exist: {said}", "create it, or mend ROAD_ARTIFACT_STORE")
    if names & _CREDENTIALS:
        remedy = "sign in as your cloud's own tools do, or set their variables: see docs/stores.md"
        return problem("STORE004", f"{location} asks for credentials, and there are none: {said}", remedy)
    if names & _NETWORK:
        return problem("STORE003", f"{location} cannot be reached: {said}", "check the network and the endpoint")
    return problem("STORE006", f"{location} cannot be used: {said}", "see docs/stores.md")
