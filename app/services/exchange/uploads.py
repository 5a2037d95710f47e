"""Uploads that wait for their sender's word: sealed files, bound to the member, gone after an hour."""

from __future__ import annotations

import json
import re
import secrets
import time
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from pathlib import Path
from typing import Any

from app.models import crypto
from app.services.history import raw, thaw
from app.services.sheet.grid import Grid

FOLDER = "imports"  # below VAR
LASTS = 3600  # seconds
DAYS = {date, datetime}  # what JSON does not hold of a sheet's cells
_FILE, _SEEN = ".file", ".seen"
TOKEN = re.compile(r"[A-Za-z0-9_-]{32}")


@dataclass
class Upload:
    """The cells of a sheet as they were read, whose they are, what its columns mean, and what the sender was shown."""

    member_id: int
    entity: str
    file_name: str
    rows: Sequence[list[Any]]
    shown: str = ""  # fingerprint of the plan
    sheet: str = ""  # name of the sheet; none of pasted text
    others: list[str] = field(default_factory=list)  # further sheets of the file
    known: dict[str, str] | None = None  # heading → field key, where the sender said it


def new_token() -> str:
    return secrets.token_urlsafe(24)


def keep(folder: Path, upload: Upload, token: str = "") -> str:
    """Write the upload under a new token, or again under its own; sweeps out what is too old."""
    token = token or new_token()
    said = {**vars(upload), "rows": [[*map(raw, column)] if DAYS & set(map(type, column)) else column for column in Grid.of(upload.rows).columns]}
    _write(folder, token, crypto.seal(json.dumps(said, ensure_ascii=False), "import", token))
    return token


def keep_file(folder: Path, token: str, content: bytes) -> None:
    """The file itself, to read another sheet of it and to mark it for its sender."""
    _write(folder, token + _FILE, crypto.seal(content.decode("latin-1"), "import file", token))


def file_of(folder: Path, token: str) -> bytes | None:
    """The file of an upload that ``take`` has given out; None where the sender pasted text."""
    try:
        return crypto.unseal((folder / (token + _FILE)).read_bytes(), "import file", token).encode("latin-1")
    except (OSError, crypto.SealBroken):
        return None


def keep_seen(folder: Path, token: str, upload: Upload, seen: dict[str, Any]) -> None:
    """What the worker has found in an upload, for the pages that show it without reading the upload again."""
    said = {**seen, "member_id": upload.member_id, "entity": upload.entity}
    _write(folder, token + _SEEN, crypto.seal(json.dumps(said, ensure_ascii=False, default=str), "import seen", token))


def seen_of(folder: Path, token: str, member_id: int | None, entity: str) -> dict[str, Any] | None:
    """The same, if it is this member's and of this entity."""
    if not TOKEN.fullmatch(token):
        return None
    try:
        seen: dict[str, Any] = json.loads(crypto.unseal((folder / (token + _SEEN)).read_bytes(), "import seen", token))
    except (OSError, crypto.SealBroken):
        return None
    return seen if (seen["member_id"], seen["entity"]) == (member_id, entity) else None


def _write(folder: Path, name: str, sealed: bytes) -> None:
    folder.mkdir(parents=True, exist_ok=True)
    sweep(folder)
    handle = folder / f"{name}.tmp"
    handle.touch(mode=0o600)
    handle.write_bytes(sealed)
    handle.replace(folder / name)


def take(folder: Path, token: str, member_id: int | None, entity: str) -> Upload | None:
    """The upload, if it is this member's, of this entity and not too old."""
    if not TOKEN.fullmatch(token):
        return None
    path = folder / token
    try:
        if time.time() - path.stat().st_mtime > LASTS:
            return None
        said = json.loads(crypto.unseal(path.read_bytes(), "import", token))
    except (OSError, crypto.SealBroken):
        return None
    columns = [[thaw(cell) if type(cell) is dict else cell for cell in column] for column in said["rows"]]
    upload = Upload(**{**said, "rows": Grid(columns, len(columns[0]) if columns else 0)})
    return upload if (upload.member_id, upload.entity) == (member_id, entity) else None


def drop(folder: Path, token: str) -> None:
    if TOKEN.fullmatch(token):
        for ending in ("", _FILE, _SEEN):
            (folder / (token + ending)).unlink(missing_ok=True)


def sweep(folder: Path) -> None:
    """Remove what is too old: it is a sealed copy of people's data that nobody comes back for."""
    for path in folder.iterdir() if folder.is_dir() else ():
        try:
            if time.time() - path.stat().st_mtime > LASTS:
                path.unlink(missing_ok=True)
        except OSError:
            continue  # another worker was faster
