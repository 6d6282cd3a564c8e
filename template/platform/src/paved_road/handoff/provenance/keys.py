"""Keys to sign and to check with: ECDSA on P-256, the one kind that cosign and model_signing both take offline."""

import hashlib
import os
from pathlib import Path

from cryptography.exceptions import InvalidSignature, UnsupportedAlgorithm
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec

from paved_road.findings import Problem, problem

PASSWORD = "ROAD_SIGNING_PASSWORD"  # pragma: allowlist secret
_MAKE = "make one: `openssl genpkey -algorithm EC -pkeyopt ec_paramgen_curve:P-256`, see docs/provenance.md"


def private(file: Path) -> ec.EllipticCurvePrivateKey:
    """Read a private key; the password of an encrypted one comes from the environment.

    Raises:
        Problem: it cannot be read, is encrypted with another password, or is of another kind.
    """
    content = _read(file)
    if b"SIGSTORE PRIVATE KEY" in content or b"COSIGN PRIVATE KEY" in content:
        raise _refuse(file, "is in cosign's own format, which only cosign opens")
    try:
        key: object = serialization.load_pem_private_key(content, None)
    except TypeError:
        key = _unlock(file, content)
    except (ValueError, UnsupportedAlgorithm):
        raise _refuse(file, "is not a private key in PEM form") from None
    if not isinstance(key, ec.EllipticCurvePrivateKey) or not isinstance(key.curve, ec.SECP256R1):
        raise _refuse(file, "is not a key for ECDSA on P-256")
    return key


def _unlock(file: Path, content: bytes) -> object:
    password = os.environ.get(PASSWORD)
    if not password:
        raise problem("SIGNATURE002", "the key is encrypted", f"put its password in {PASSWORD}", path=str(file))
    try:
        return serialization.load_pem_private_key(content, password.encode())
    except (ValueError, UnsupportedAlgorithm):
        fact = f"the key cannot be opened with the password in {PASSWORD}"
        raise problem("SIGNATURE002", fact, "mend the password, or the file", path=str(file)) from None


def public(file: Path) -> ec.EllipticCurvePublicKey:
    """Read a public key.

    Raises:
        Problem: it cannot be read, or is of another kind.
    """
    content = _read(file)
    if b"PRIVATE KEY" in content:
        fact = "is a private key, and checking takes the public one"
        raise problem("SIGNATURE002", fact, "make it with `openssl pkey -pubout`", path=str(file))
    try:
        key = serialization.load_pem_public_key(content)
    except (ValueError, UnsupportedAlgorithm):
        raise _refuse(file, "is not a public key in PEM form") from None
    if not isinstance(key, ec.EllipticCurvePublicKey) or not isinstance(key.curve, ec.SECP256R1):
        raise _refuse(file, "is not a key for ECDSA on P-256")
    return key


def fingerprint(key: ec.EllipticCurvePublicKey) -> str:
    """SHA-256 of the public key's PEM form, as bundles name it."""
    form = serialization.PublicFormat.SubjectPublicKeyInfo
    return hashlib.sha256(key.public_bytes(serialization.Encoding.PEM, form)).hexdigest()


def sign(key: ec.EllipticCurvePrivateKey, message: bytes) -> bytes:
    """Sign; the same message with the same key gives the same bytes (RFC 6979)."""
    return key.sign(message, ec.ECDSA(hashes.SHA256(), deterministic_signing=True))


def holds(key: ec.EllipticCurvePublicKey, signature: bytes, message: bytes) -> bool:
    """Whether this key's private half signed this message."""
    try:
        key.verify(signature, message, ec.ECDSA(hashes.SHA256()))
    except InvalidSignature:
        return False
    return True


def _read(file: Path) -> bytes:
    try:
        return file.read_bytes()
    except OSError as error:
        fact = f"the key cannot be read: {error.strerror}"
        raise problem("SIGNATURE002", fact, "give the path of a key", path=str(file)) from error


def _refuse(file: Path, fact: str) -> Problem:
    return problem("SIGNATURE002", fact, _MAKE, path=str(file))
