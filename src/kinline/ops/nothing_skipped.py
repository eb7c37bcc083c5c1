"""A pytest plugin: with KINLINE_TEST_SKIP_NOTHING=1 a skipped test or file fails, and says why it was skipped."""

import os
from collections.abc import Generator
from typing import TypeVar

import pytest

Report = TypeVar("Report", pytest.TestReport, pytest.CollectReport)


def _must_run(report: Report) -> Report:
    if report.skipped and not hasattr(report, "wasxfail") and os.environ.get("KINLINE_TEST_SKIP_NOTHING") == "1":
        reason = report.longrepr[2] if isinstance(report.longrepr, tuple) else report.longrepr
        report.outcome = "failed"
        report.longrepr = f"Nothing may be skipped in this run. {reason}"
    return report


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport() -> Generator[None, pytest.TestReport, pytest.TestReport]:
    return _must_run((yield))


@pytest.hookimpl(wrapper=True)
def pytest_make_collect_report() -> Generator[None, pytest.CollectReport, pytest.CollectReport]:
    return _must_run((yield))
