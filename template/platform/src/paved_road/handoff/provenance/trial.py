"""A signature for the time of a measurement: a server of a native format starts for no one without one."""

import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from paved_road.handoff.provenance import extras, signing
from paved_road.handoff.provenance.bundle import withdraw


@contextmanager
def signed(folder: Path) -> Iterator[Path]:
    """Sign a handoff folder with a key that nobody keeps; gives its public half, and takes the signature back.

    Raises:
        Problem: the handoff is not whole, or the library for it is not installed.
    """
    extras.require("cryptography", "signing")
    from cryptography.hazmat.primitives import serialization as form
    from cryptography.hazmat.primitives.asymmetric import ec

    key = ec.generate_private_key(ec.SECP256R1())
    with tempfile.TemporaryDirectory() as place:
        private, public = Path(place, "key.pem"), Path(place, "key.pub")
        private.touch(0o600)
        private.write_bytes(key.private_bytes(form.Encoding.PEM, form.PrivateFormat.PKCS8, form.NoEncryption()))
        public.write_bytes(key.public_key().public_bytes(form.Encoding.PEM, form.PublicFormat.SubjectPublicKeyInfo))
        signing.sign(folder, private, None)
        try:
            yield public
        finally:
            withdraw(folder)
