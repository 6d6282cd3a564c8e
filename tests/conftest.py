"""What holds for every test, and what a run says at its end beyond how many of them passed."""

import os
from contextlib import suppress
from typing import Any

import pytest

# Models are fitted here and in projects that tests generate, side by side: spinning threads would only wait.
os.environ.setdefault("OMP_WAIT_POLICY", "PASSIVE")

with suppress(ModuleNotFoundError):  # test_frameworks.py runs some tests in a project that has no Hypothesis
    from hypothesis import HealthCheck, settings

    # On a busy machine one example can take long, and says nothing by it.
    settings.register_profile("patient", deadline=None, suppress_health_check=[HealthCheck.too_slow])
    settings.load_profile("patient")


def skipped(reporter: Any) -> int:
    """How many tests were skipped where none may be: what was not tested must not look as if it was."""
    return len(reporter.stats.get("skipped", [])) if os.environ.get("CI") == "true" else 0


TRIED = {
    "tampered": "tamper suite: {:,} changes of a handoff, every one refused",
    "fuzzed": "fuzz: {:,} broken contracts, manifests and RACI files, every one refused in words or read as written",
    "killed": "kills: {:,} builds and trainings killed, and after every one the next ran",
}
"""What tests count as properties of theirs, and how it is said."""


def noted(reporter: Any, name: str) -> list[Any]:
    """A property of each test that passed and has it, as it stands once the test was torn down."""
    passed = {report.nodeid for report in reporter.getreports("passed")}
    ended = [report for report in reporter.getreports("") if report.when == "teardown" and report.nodeid in passed]
    return [value for report in ended for key, value in report.user_properties if key == name]


def pytest_sessionfinish(session: pytest.Session) -> None:
    """Fail a run in CI that skipped something."""
    reporter = session.config.pluginmanager.get_plugin("terminalreporter")  # no worker of pytest-xdist has one
    if reporter and skipped(reporter) and session.exitstatus == pytest.ExitCode.OK:
        session.exitstatus = pytest.ExitCode.TESTS_FAILED


def pytest_terminal_summary(terminalreporter: Any) -> None:
    """Publish how much was tried, and what CI does not take."""
    for name, said in TRIED.items():
        if count := sum(noted(terminalreporter, name)):
            terminalreporter.write_line(said.format(count))
    if lived := noted(terminalreporter, "lived"):
        from tests.template.lives import space

        terminalreporter.write_line("\n".join(space.coverage(lived)))
    if skipped(terminalreporter):
        terminalreporter.write_line(f"{skipped(terminalreporter)} skipped, and with CI=true no test may be", red=True)
