"""Paved Road: contracts, handoff, serving and ownership of a machine-learning repository."""

import os
from importlib.metadata import version

# onnxruntime would report its use to its makers; it looks when it is loaded.
os.environ.setdefault("ORT_DISABLE_TELEMETRY", "1")

__version__ = version("paved-road")
