"""A handoff as the model registry names it."""

from urllib.parse import urlsplit

from paved_road.handoff.manifest import Manifest
from paved_road.stores.registry import Version


def version_of(manifest: Manifest, commit: str, remote: str, folder: str) -> Version:
    """What is registered of a handoff.

    Args:
        manifest: of the handoff.
        commit: that holds it.
        remote: where the repository is shared; may be empty.
        folder: of the handoff, in the repository.
    """
    promise, origin = manifest.contract.promise, manifest.artifact.origin
    return Version(
        name=promise.name,
        source=_source(remote, commit, folder),
        run=origin.tracking.run,
        description=promise.intended_use,
        seal=manifest.seal,
        tags={
            "handoff.artifact_sha256": manifest.artifact.file.sha256,
            "handoff.contract_version": promise.version,
            "handoff.commit": commit,
            "handoff.trained_from": origin.commit,
            "handoff.run": origin.tracking.run,
        },
    )


def _source(remote: str, commit: str, folder: str) -> str:
    """Where a handoff is, without credentials; ``git:``, because MLflow's server refuses ``https:`` and ``git+…:``."""
    host, colon, path = remote.partition(":")
    if "://" not in remote and colon and "/" not in host:
        remote = f"ssh://{host}/{path.lstrip('/')}"
    parts = urlsplit(remote)
    if parts.hostname is None:  # shared nowhere, or in a folder that others do not have
        return f"git:///{commit}#subdirectory={folder}"
    port = f":{parts.port}" if parts.port else ""
    return f"git://{parts.hostname}{port}{parts.path}@{commit}#subdirectory={folder}"
