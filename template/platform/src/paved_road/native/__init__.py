"""A model of a native format at work, in a process that has nothing but it: `python -I -m paved_road.native`.

The server starts it and talks to it (`handoff.native`); only `frames` is imported by both sides.
"""
