"""Work on a file nobody has vouched for, in a child process of its own: what brings a reader down brings down no more."""

import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import IO

from app.services.sheet.package import Limits

_HELD = Path(__file__).with_name("held.py")


class Ended(Exception):
    """The child made nothing whole: ``code`` is what it ended with, of a signal less than nothing."""

    def __init__(self, code: int) -> None:
        super().__init__(code)
        self.code = code


class Late(Ended):
    """The time by the clock was over: on a busy machine it may be the file's fault, or not."""


@contextmanager
def made(script: Path, *said: str, given: bytes, limits: Limits) -> Iterator[IO[bytes]]:
    """What the script makes of ``given``, which it reads on stdin, as a file from its beginning; ``said``: its arguments.

    It is started by its path, so that nothing of the application is imported, and held to the limits. Raises Ended, Late.
    """
    command = [sys.executable, "-I", str(_HELD), str(limits.memory), str(limits.cpu), str(script), *said]
    with tempfile.TemporaryFile() as sent, tempfile.TemporaryFile() as taken:
        sent.write(given)
        sent.seek(0)
        try:
            code = subprocess.run(command, stdin=sent, stdout=taken, stderr=subprocess.DEVNULL, timeout=limits.wall).returncode
        except subprocess.TimeoutExpired:
            raise Late(-9) from None
        if code:
            raise Ended(code)
        taken.seek(0)
        yield taken
