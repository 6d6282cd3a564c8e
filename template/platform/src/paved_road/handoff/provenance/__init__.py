"""Where a handoff comes from and who vouches for it: bill of materials, attestation, signatures.

Everything here is derived from ``manifest.json`` and its files, in formats that other tools read. Nothing here is
needed to verify an unsigned handoff, so its libraries stand in the extra ``provenance``, not in the serving set.
"""
