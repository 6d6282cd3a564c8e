"""Serving: a handoff's own schema and artifact behind HTTP; nothing is written by hand per model."""
