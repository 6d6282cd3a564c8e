"""The in-toto statement about a handoff: these files were built from that, by this (SLSA provenance 1).

https://github.com/in-toto/attestation/blob/main/spec/v1/statement.md · https://slsa.dev/spec/v1.0/provenance
"""

from typing import Any

from paved_road.handoff.manifest import Manifest

STATEMENT = "https://in-toto.io/Statement/v1"
PREDICATE = "https://slsa.dev/provenance/v1"
BUILD = "urn:paved-road:handoff-build:v1"  # documented in docs/provenance.md, as is the next
BUILDER = "urn:paved-road:builder"


def statement(manifest: Manifest, subjects: dict[str, str]) -> dict[str, Any]:
    """The same for the same manifest, whoever asks, wherever.

    Args:
        manifest: what was handed over.
        subjects: SHA-256 by file name.
    """
    return {
        "_type": STATEMENT,
        "subject": [{"name": name, "digest": {"sha256": digest}} for name, digest in sorted(subjects.items())],
        "predicateType": PREDICATE,
        "predicate": {"buildDefinition": _definition(manifest), "runDetails": _run(manifest)},
    }


def _definition(manifest: Manifest) -> dict[str, Any]:
    promise, origin = manifest.contract.promise, manifest.artifact.origin
    return {
        "buildType": BUILD,
        "externalParameters": {"model": promise.name, "version": promise.version},
        "internalParameters": {"framework": origin.framework, "run": origin.tracking.run},
        "resolvedDependencies": _materials(manifest),
    }


def _materials(manifest: Manifest) -> list[dict[str, Any]]:
    """What went in. A `contentSha256` is of what a document or a table says, not of a file's bytes."""
    origin, contract, lock = manifest.artifact.origin, manifest.contract, manifest.dependencies.lock
    return [
        {
            "name": "source",
            "digest": {"gitCommit": origin.commit},
            "annotations": {"uncommittedChanges": origin.uncommitted},
        },
        {
            "name": "training-data",
            "digest": {"contentSha256": origin.data_sha256},
            "annotations": {"rows": origin.rows},
        },
        {"name": "contracts/model.yml", "digest": {"contentSha256": contract.sha256}},
        {"name": "contracts/data.yml", "digest": {"contentSha256": contract.data_sha256}},
        {"name": lock.path, "digest": {"sha256": lock.sha256}},
    ]


def _run(manifest: Manifest) -> dict[str, Any]:
    return {
        "builder": {"id": BUILDER, "version": {"paved-road": manifest.platform}},
        "metadata": {"invocationId": manifest.seal, "finishedOn": manifest.created_at},
    }
