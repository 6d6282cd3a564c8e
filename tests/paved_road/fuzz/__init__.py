"""Contracts, manifests and RACI files as nobody would write them: read right, or refused in words."""
