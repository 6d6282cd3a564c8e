"""Sign a handoff with a key: both bundles, over nothing that is not what the manifest says."""

import json
from pathlib import Path
from typing import Any

from paved_road import files
from paved_road.findings import problem
from paved_road.handoff.oci import intact
from paved_road.handoff.provenance import attestation, bundle, extras, model_signing, subjects
from paved_road.handoff.provenance.bundle import ATTESTATION, MODEL, NAMES


def sign(folder: Path, key: Path, required: Path | None) -> str:
    """Write both bundles beside the manifest.

    Args:
        folder: the handoff folder.
        key: the private key.
        required: the public key that the repository holds handoffs against, if it names one.

    Returns:
        The fingerprint of the key.

    Raises:
        Problem: the key cannot be used or is another than required, or the handoff is not whole.
    """
    extras.require("cryptography", "signing")
    from paved_road.handoff.provenance import keys

    private = keys.private(key)
    fingerprint = keys.fingerprint(private.public_key())
    if required and keys.fingerprint(keys.public(required)) != fingerprint:
        fact = f"is not the private half of {required.name}, which [tool.paved-road] names as signing-key"
        raise problem("SIGNATURE002", fact, "sign with that one, or change signing-key", path=str(key))
    manifest = intact(folder)
    about = subjects.stated(folder, manifest)
    beside = {file.name for file in folder.iterdir()} | set(NAMES)
    said = {
        ATTESTATION: attestation.statement(manifest, about),
        MODEL: model_signing.statement(manifest.contract.promise.name, about, beside - about.keys()),
    }
    for name, statement in said.items():
        payload = _payload(statement)
        files.write(folder / name, bundle.render(payload, keys.sign(private, bundle.message(payload)), fingerprint))
    return fingerprint


def _payload(statement: dict[str, Any]) -> bytes:
    return json.dumps(statement, sort_keys=True, separators=(",", ":"), ensure_ascii=False).encode()
