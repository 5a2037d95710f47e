"""A browser without a network: calls a WSGI application, keeps cookies, posts a log-in form.

Test clients cost up to a millisecond a request and each framework's costs another; this one costs the same for all.
"""

from __future__ import annotations

import re
import sys
from collections.abc import Callable, Iterable
from io import BytesIO
from typing import Any
from urllib.parse import urlencode

Wsgi = Callable[[dict[str, Any], Callable[..., Any]], Iterable[bytes]]
TOKEN = re.compile(r'name="(csrf_token|csrfmiddlewaretoken)"[^>]*value="([^"]+)"')


class Browser:
    """One visitor of ``application``."""

    def __init__(self, application: Wsgi) -> None:
        self._application, self._cookies = application, {}  # type: tuple[Wsgi, dict[str, str]]

    def get(self, address: str) -> bytes:
        """The page; RuntimeError unless the answer is 200, so that no error page is ever measured."""
        status, page = self._ask("GET", address, b"")
        if not status.startswith("200"):
            raise RuntimeError(f"{address}: {status} {page[:300]!r}")
        return page

    def log_in(self, address: str, username: str, password: str) -> None:
        """Fill in the form at ``address``; RuntimeError unless it leads on."""
        hidden = dict(TOKEN.findall(self.get(address).decode()))
        status, page = self._ask("POST", address, urlencode({**hidden, "username": username, "password": password}).encode())
        if not status.startswith("302"):
            raise RuntimeError(f"{username} could not log in: {status} {page[:300]!r}")

    def _ask(self, method: str, address: str, body: bytes) -> tuple[str, bytes]:
        started: list[Any] = []
        environ = self._environ(method, address, body)
        answer = self._application(environ, lambda status, headers, *_: started.extend((status, headers)))
        page = b"".join(answer)
        getattr(answer, "close", lambda: None)()
        for name, value in started[1]:
            if name.lower() == "set-cookie":
                key, _, rest = value.partition("=")
                self._cookies[key] = rest.partition(";")[0]
        return started[0], page

    def _environ(self, method: str, address: str, body: bytes) -> dict[str, Any]:
        path, _, query = address.partition("?")
        return {
            "REQUEST_METHOD": method, "SCRIPT_NAME": "", "PATH_INFO": path, "QUERY_STRING": query,
            "CONTENT_TYPE": "application/x-www-form-urlencoded", "CONTENT_LENGTH": str(len(body)),
            "SERVER_NAME": "localhost", "SERVER_PORT": "80", "SERVER_PROTOCOL": "HTTP/1.1", "REMOTE_ADDR": "127.0.0.1",
            "HTTP_HOST": "localhost", "HTTP_REFERER": f"http://localhost{path}", "HTTP_ACCEPT_LANGUAGE": "zh",
            "HTTP_COOKIE": "; ".join(f"{key}={value}" for key, value in self._cookies.items()),
            "wsgi.version": (1, 0), "wsgi.url_scheme": "http", "wsgi.input": BytesIO(body), "wsgi.errors": sys.stderr,
            "wsgi.multithread": False, "wsgi.multiprocess": False, "wsgi.run_once": False}
