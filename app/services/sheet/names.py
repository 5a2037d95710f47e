"""Names of files and sheets that every system takes, each once."""

from __future__ import annotations

import re
from collections.abc import Callable

# What Windows, macOS or a shell takes amiss; control characters; marks that turn the reading direction.
_FORBIDDEN = re.compile(r'[<>:"/\\|?*%~$`\x00-\x1f\x7f-\x9f\u00ad\u200b-\u200f\u2028-\u202e\u2060-\u2069\ufeff\ufff0-\uffff\ud800-\udfff]+')
_DEVICE = re.compile(r"(con|prn|aux|nul|com[0-9¹²³]|lpt[0-9¹²³])(?=\.|$)", re.IGNORECASE)
_LONGEST = 60  # characters of a file's name: 180 bytes, file systems take 255


def file_name(text: str, longest: int = _LONGEST) -> str:
    """The text as the name of a file, without its ending; never empty, never a path, never hidden."""
    name = _FORBIDDEN.sub(" ", text)[:longest].strip(" .-'")
    return "未命名" if not name else f"_{name}" if _DEVICE.match(name) else name


class Once:
    """Gives each text a name of its own: ``make(text, 2)`` is asked where the first is taken, and so on."""

    def __init__(self, make: Callable[[str, int], str]) -> None:
        self._make = make
        self._taken: set[str] = set()

    def name(self, text: str) -> str:
        part = 1
        while (name := self._make(text, part)).casefold() in self._taken:
            part += 1
        self._taken.add(name.casefold())
        return name


def numbered(text: str, part: int) -> str:
    """A file's name; from the second on with its number."""
    return file_name(text) + (f"（{part}）" if part > 1 else "")
