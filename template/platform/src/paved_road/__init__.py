"""Paved Road: contracts, handoff, serving and ownership of a machine-learning repository."""

from importlib.metadata import version

__version__ = version("paved-road")
