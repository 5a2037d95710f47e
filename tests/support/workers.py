"""Which worker runs what: a module and engine stay together, so its database is copied once and its tests keep their order.

xdist's own --dist loadgroup would do, but its groups get lost under pytest 9.2.
"""

from collections.abc import Iterable

import pytest
from xdist.scheduler import LoadScopeScheduling

from tests.support.backends import BACKENDS

# Half a minute and more each: begun last, one would keep a worker busy alone at the end.
LONG = ("test_scope.py", "test_guards.py", "test_translations.py", "test_api.py", "test_cli.py", "test_exporting.py", "test_attacks.py", "test_chain.py")


def long_first(items: Iterable[pytest.Item]) -> list[pytest.Item]:
    """The tests as they are handed out: long modules first, the others in their order."""
    return sorted(items, key=lambda item: LONG.index(item.path.name) if item.path.name in LONG else len(LONG))


class OneDatabase(LoadScopeScheduling):
    def _split_scope(self, nodeid: str) -> str:
        """tests/test_cli.py::test_b[sqlite-1] → "tests/test_cli.py sqlite"."""
        module, _, test = nodeid.partition("::")
        parameters = test.partition("[")[2].rstrip("]").split("-")
        return f"{module} {next((p for p in parameters if p in BACKENDS), '')}"


class ByDatabase:
    """pytest plugin of the process that hands out the tests."""

    def pytest_xdist_make_scheduler(self, config: pytest.Config, log) -> OneDatabase:
        config.option.loadscopereorder = False  # xdist would begin with the modules of many tests, whatever they take
        return OneDatabase(config, log)
