"""A skipped test is said aloud, and is a failure under CI=true: a green run there means that all ran."""

import os

import pytest


def skipped(config: pytest.Config) -> list[str]:
    """Reasons of the skipped tests so far, each once, sorted."""
    reporter = config.pluginmanager.get_plugin("terminalreporter")
    reports = reporter.stats.get("skipped", []) if reporter else []
    return sorted({_reason(report) for report in reports})


def _reason(report: pytest.TestReport) -> str:
    return report.longrepr[2] if isinstance(report.longrepr, tuple) else str(report.longrepr)


class LoudSkips:
    """pytest plugin of the process that prints the summary."""

    @pytest.hookimpl(trylast=True)
    def pytest_sessionfinish(self, session: pytest.Session) -> None:
        if os.environ.get("CI") == "true" and skipped(session.config) and session.exitstatus == 0:
            session.exitstatus = pytest.ExitCode.TESTS_FAILED

    def pytest_terminal_summary(self, terminalreporter: pytest.TerminalReporter) -> None:
        reasons = skipped(terminalreporter.config)
        if not reasons:
            return
        failed = " (a failure under CI=true)" if os.environ.get("CI") == "true" else ""
        terminalreporter.section(f"NOT EVERYTHING RAN{failed}", red=True, bold=True)
        for reason in reasons:
            terminalreporter.line(reason, red=True)
