"""Which worker runs what: a module and engine stay together, so its database is copied once and its tests keep their order.

xdist's own --dist loadgroup would do, but its groups get lost under pytest 9.2.
"""

import pytest
from xdist.scheduler import LoadScopeScheduling

from tests.support.backends import BACKENDS


class OneDatabase(LoadScopeScheduling):
    def _split_scope(self, nodeid: str) -> str:
        """tests/test_cli.py::test_b[sqlite-1] → "tests/test_cli.py sqlite"."""
        module, _, test = nodeid.partition("::")
        parameters = test.partition("[")[2].rstrip("]").split("-")
        return f"{module} {next((p for p in parameters if p in BACKENDS), '')}"


class ByDatabase:
    """pytest plugin of the process that hands out the tests."""

    def pytest_xdist_make_scheduler(self, config: pytest.Config, log) -> OneDatabase:
        return OneDatabase(config, log)
