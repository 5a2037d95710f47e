"""Begins in a child process: holds it to its limits, then does what the named script says.

Imports nothing of the application. Arguments: bytes of memory, seconds of CPU, the script, the script's own arguments.
"""

import sys

try:
    import resource
except ImportError:
    resource = None  # type: ignore[assignment]


def hold(memory: int, seconds: int) -> None:
    """Hold this process, and the files it writes, to bytes of memory and seconds of CPU; Windows has no such limits."""
    if resource is None:
        return
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    resource.setrlimit(resource.RLIMIT_AS, (memory, memory))
    resource.setrlimit(resource.RLIMIT_CPU, (seconds, seconds))
    resource.setrlimit(resource.RLIMIT_FSIZE, (memory, memory))


if __name__ == "__main__":
    hold(int(sys.argv[1]), int(sys.argv[2]))
    del sys.argv[:3]
    with open(sys.argv[0], "rb") as script:  # runpy would take longer than Python takes to start
        exec(compile(script.read(), sys.argv[0], "exec"))
