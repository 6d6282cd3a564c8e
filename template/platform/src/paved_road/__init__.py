"""Paved Road: contracts, handoff, serving and ownership of a machine-learning repository."""

import os

# onnxruntime would report its use to its makers; it looks when it is loaded.
os.environ.setdefault("ORT_DISABLE_TELEMETRY", "1")


def __getattr__(name: str) -> str:
    if name == "__version__":
        from importlib.metadata import version  # half of the time that `road --help` takes

        return version("paved-road")
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
