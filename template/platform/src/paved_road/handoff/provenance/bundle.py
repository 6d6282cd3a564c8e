"""A Sigstore bundle around a signed statement (DSSE): the file that cosign and model_signing read and write.

https://github.com/secure-systems-lab/dsse · https://docs.sigstore.dev/about/bundle/
"""

import base64
import json
from dataclasses import dataclass
from pathlib import Path
from typing import Annotated, Any

import msgspec
from msgspec import Meta

from paved_road.findings import problem

MEDIA_TYPE = "application/vnd.dev.sigstore.bundle.v0.3+json"
PAYLOAD_TYPE = "application/vnd.in-toto+json"
ATTESTATION = "manifest.json.sigstore.json"
MODEL = "model.sig"
NAMES = (ATTESTATION, MODEL)
AGAIN = "restore it from git, or run `road handoff sign`"


class _Part(msgspec.Struct, frozen=True, rename="camel"):
    pass


class _Digest(_Part, frozen=True):
    sha256: str = ""


class _Subject(_Part, frozen=True):
    name: str = ""
    digest: _Digest = _Digest()


class _Resource(_Part, frozen=True):
    name: str
    algorithm: str
    digest: str


class _Predicate(_Part, frozen=True):
    resources: list[_Resource] = []


class _Statement(_Part, frozen=True):
    predicate_type: str
    subject: list[_Subject]
    predicate: _Predicate


class _Signature(_Part, frozen=True):
    sig: bytes


class _Envelope(_Part, frozen=True):
    payload: bytes
    payload_type: str
    signatures: Annotated[list[_Signature], Meta(min_length=1, max_length=1)]


class _PublicKey(_Part, frozen=True):
    hint: str = ""


class _Material(_Part, frozen=True):
    public_key: _PublicKey = _PublicKey()


class _Bundle(_Part, frozen=True):
    media_type: str
    dsse_envelope: _Envelope
    verification_material: _Material


@dataclass(frozen=True)
class Bundle:
    """What a bundle says, before anybody checked that it is true.

    Attributes:
        payload: the statement's bytes, which were signed.
        signature: over `message(payload)`.
        hint: fingerprint of the key that it says it was made with.
        predicate: type of what the statement says.
        digests: SHA-256 by name, of the files that the statement is about.
    """

    payload: bytes
    signature: bytes
    hint: str
    predicate: str
    digests: dict[str, str]


def message(payload: bytes) -> bytes:
    """The bytes that are signed: DSSE's pre-authentication encoding."""
    return b"DSSEv1 %d %s %d %s" % (len(PAYLOAD_TYPE), PAYLOAD_TYPE.encode(), len(payload), payload)


def render(payload: bytes, signature: bytes, hint: str) -> bytes:
    """A bundle as the bytes of its file."""
    content: dict[str, Any] = {
        "mediaType": MEDIA_TYPE,
        "verificationMaterial": {"publicKey": {"hint": hint}, "tlogEntries": []},
        "dsseEnvelope": {
            "payload": base64.b64encode(payload).decode(),
            "payloadType": PAYLOAD_TYPE,
            "signatures": [{"sig": base64.b64encode(signature).decode(), "keyid": ""}],
        },
    }
    return json.dumps(content, indent=2).encode() + b"\n"


def read(file: Path) -> Bundle:
    """Read a bundle; what it says is not yet checked.

    Raises:
        Problem: not a file, not JSON, cut off, or not a bundle around a statement.
    """
    shown = f"handoff/{file.name}"
    try:
        whole = msgspec.json.decode(file.read_bytes(), type=_Bundle)
        envelope = whole.dsse_envelope
        if (whole.media_type, envelope.payload_type) != (MEDIA_TYPE, PAYLOAD_TYPE):
            fact = f"signature: is a {whole.media_type[:80]!r} around {envelope.payload_type[:80]!r}"
            raise problem("SIGNATURE003", fact, AGAIN, path=shown)
        said = msgspec.json.decode(envelope.payload, type=_Statement)
    except (OSError, ValueError, RecursionError, msgspec.MsgspecError) as error:
        raise problem("SIGNATURE003", f"signature: cannot be read: {error}", AGAIN, path=shown) from error
    digests = {subject.name: subject.digest.sha256 for subject in said.subject}
    digests |= {resource.name: resource.digest for resource in said.predicate.resources}
    return Bundle(
        payload=envelope.payload,
        signature=envelope.signatures[0].sig,
        hint=whole.verification_material.public_key.hint,
        predicate=said.predicate_type,
        digests=digests,
    )


def withdraw(folder: Path) -> None:
    """Remove the signatures of what was handed over before."""
    for name in NAMES:
        (folder / name).unlink(missing_ok=True)
