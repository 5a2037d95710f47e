"""Work that ends half-way in this process, as if it had been killed there: nothing catches it, nothing tidies up behind it."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import NoReturn

import pytest


class Dead(BaseException):
    """Who called what dies_at() named; no ``except Exception`` on the way stops it."""


@contextmanager
def dies_at(owner: object, name: str) -> Iterator[pytest.MonkeyPatch]:
    """Inside, whoever calls this function of a module or class raises Dead; what else is patched with what is given holds as long."""

    def die(*_args: object) -> NoReturn:
        raise Dead

    with pytest.MonkeyPatch.context() as patched:
        patched.setattr(owner, name, die)
        yield patched
