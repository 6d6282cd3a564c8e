"""The statement of the OpenSSF's model signing format, as its own tool `model_signing` makes and checks it.

https://github.com/sigstore/model-transparency
"""

import hashlib
from collections.abc import Iterable
from typing import Any

from paved_road.handoff.provenance.attestation import STATEMENT

PREDICATE = "https://model_signing/signature/v1.0"


def statement(model: str, subjects: dict[str, str], beside: Iterable[str]) -> dict[str, Any]:
    """One subject, whose digest is that of the files' digests, one after another.

    Args:
        model: name of the model.
        subjects: SHA-256 by file name.
        beside: names in the same folder that are not part of the model.
    """
    signed = sorted(subjects.items())
    whole = hashlib.sha256(b"".join(bytes.fromhex(digest) for _, digest in signed)).hexdigest()
    return {
        "_type": STATEMENT,
        "subject": [{"name": model, "digest": {"sha256": whole}}],
        "predicateType": PREDICATE,
        "predicate": {
            "serialization": {
                "method": "files",
                "hash_type": "sha256",
                "allow_symlinks": False,
                "ignore_paths": sorted(beside),
            },
            "resources": [{"name": name, "algorithm": "sha256", "digest": digest} for name, digest in signed],
        },
    }
