"""What holds for every test, and what a run says at its end beyond how many of them passed."""

import os
from contextlib import suppress
from typing import Any

# Models are fitted here and in projects that tests generate, side by side: spinning threads would only wait.
os.environ.setdefault("OMP_WAIT_POLICY", "PASSIVE")

with suppress(ModuleNotFoundError):  # test_frameworks.py runs some tests in a project that has no Hypothesis
    from hypothesis import HealthCheck, settings

    # On a busy machine one example can take long, and says nothing by it.
    settings.register_profile("patient", deadline=None, suppress_health_check=[HealthCheck.too_slow])
    settings.load_profile("patient")


def pytest_terminal_summary(terminalreporter: Any) -> None:
    """Publish how many changes of a handoff were tried, and refused."""
    passed = [report for report in terminalreporter.getreports("passed") if "/test_tamper.py::" in report.nodeid]
    changes = sum(dict(report.user_properties).get("tampered", 1) for report in passed if report.when == "call")
    if changes:
        terminalreporter.write_line(f"tamper suite: {changes:,} changes of a handoff, every one refused")
