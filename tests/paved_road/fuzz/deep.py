"""How much is tried: a sample on every change, a hundred times as much at night."""

import os

from hypothesis import HealthCheck, settings

TIMES = int(os.environ.get("ROAD_FUZZ", "1"))
"""So many times the examples of a usual run."""


def examples(usual: int) -> settings:
    """So many examples: the same ones on every change, at night ones that nobody saw before."""
    return settings(
        max_examples=usual * TIMES,
        derandomize=TIMES == 1,
        database=None,
        suppress_health_check=list(HealthCheck),
    )
