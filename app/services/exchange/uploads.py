"""Uploads that wait for their sender's word: sealed files, bound to the member, gone after an hour."""

from __future__ import annotations

import json
import re
import secrets
import time
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from app.models import crypto
from app.services.history import raw, thaw

LASTS = 3600  # seconds
TOKEN = re.compile(r"[A-Za-z0-9_-]{32}")


@dataclass
class Upload:
    """The cells of a file as they were read, whose they are, and what the sender was shown."""

    member_id: int
    entity: str
    file_name: str
    rows: list[list[Any]]
    shown: str = ""  # fingerprint of the plan


def keep(folder: Path, upload: Upload, token: str = "") -> str:
    """Write the upload under a new token, or again under its own; sweeps out what is too old."""
    folder.mkdir(parents=True, exist_ok=True)
    _sweep(folder)
    token = token or secrets.token_urlsafe(24)
    said = {**vars(upload), "rows": [[raw(cell) for cell in row] for row in upload.rows]}
    handle = folder / f"{token}.tmp"
    handle.touch(mode=0o600)
    handle.write_bytes(crypto.seal(json.dumps(said, ensure_ascii=False), "import", token))
    handle.replace(folder / token)
    return token


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
    upload = Upload(**{**said, "rows": [[thaw(cell) for cell in row] for row in said["rows"]]})
    return upload if (upload.member_id, upload.entity) == (member_id, entity) else None


def drop(folder: Path, token: str) -> None:
    if TOKEN.fullmatch(token):
        (folder / token).unlink(missing_ok=True)


def _sweep(folder: Path) -> None:
    for path in folder.iterdir():
        try:
            if time.time() - path.stat().st_mtime > LASTS:
                path.unlink(missing_ok=True)
        except OSError:
            continue  # another worker was faster
