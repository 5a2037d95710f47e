"""How gunicorn serves: two workers of four threads on 127.0.0.1, behind a proxy that speaks TLS.

PORT (8080), WEB_CONCURRENCY (workers, 2) and THREADS (4) come from the environment.
"""

import gc
import os
import sys

from config import load as load_settings  # a name `config` here would be a setting of gunicorn

gc.disable()  # until a worker has its application: there is nothing to collect, and to look for it takes a fifth of the start
# A thread that works gives way to one that comes back from the database: with Python's own 5 ms, a request that holds SQLite's lock
# waited so long at each of its statements.
SWITCH_SECONDS = 0.0005
DEMO_ACCOUNTS = "admin county inspector township school teacher superior"

bind = f"127.0.0.1:{os.environ.get('PORT', '8080')}"
workers = int(os.environ.get("WEB_CONCURRENCY", "2"))
worker_class = "gthread"
threads = int(os.environ.get("THREADS", "4"))
timeout = 120  # seconds; a thread's long export does not count, a hung worker does
graceful_timeout = 20
max_requests = 10_000  # a worker is renewed now and then, so that memory cannot creep
max_requests_jitter = 1_000
control_socket_disable = True
loglevel = "warning"
accesslog = None  # off: addresses bear names and numbers that were searched for (?q=…)


def on_starting(server) -> None:
    """Look at the settings once, before a worker starts: a bad one ends it all with its one sentence."""
    load_settings()


def post_worker_init(worker) -> None:
    """What the application is made of lives as long as the worker: a collection need not look through it, which would hold up a page."""
    gc.collect()
    gc.freeze()
    gc.enable()
    sys.setswitchinterval(SWITCH_SECONDS)


def when_ready(server) -> None:
    """Say where the desk is and, in the demo, who may sit down."""
    print(f"\n守望 Shouwang: http://{bind}", flush=True)
    if os.environ.get("SHOUWANG_DEMO") == "1":
        password = "the one in DEMO_PASSWORD" if os.environ.get("DEMO_PASSWORD") else "printed when the demo was seeded"
        print(f"Demo accounts: {DEMO_ACCOUNTS}\nPassword: {password}", flush=True)
    print("Stop with Ctrl-C.", flush=True)
