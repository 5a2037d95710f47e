"""What `make run` starts: the server, and beside it the worker. Ctrl-C ends both; a worker that died is started anew."""

import signal
import subprocess
import sys
import time
from pathlib import Path

BIN = Path(sys.executable).parent
SERVER = [BIN / "gunicorn", "--config", "deploy/gunicorn.conf.py", "app:create_app()"]
WORKER = [BIN / "flask", "--app", "app", "worker", "--beside"]
LOOK_SECONDS, AGAIN_SECONDS = 0.2, 3
PAGES_FIRST_SECONDS = 4  # the worker's start would take the cores from the pages that somebody waits for
ending = False


def end(*_signal: object) -> None:
    global ending
    ending = True


def main() -> int:
    """The server's exit code."""
    for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        signal.signal(number, end)
    server = subprocess.Popen(SERVER)
    worker: subprocess.Popen[bytes] | None = None
    died = time.monotonic() + PAGES_FIRST_SECONDS
    while not ending and server.poll() is None:
        time.sleep(LOOK_SECONDS)
        if worker is not None and worker.poll() is None:
            died = time.monotonic()
        elif not ending and time.monotonic() - died > AGAIN_SECONDS:
            worker = subprocess.Popen(WORKER)
    for process in (worker, server):
        if process is not None:
            process.terminate()
    if worker is not None:
        worker.wait()
    return server.wait()


if __name__ == "__main__":
    sys.exit(main())
