"""Digests of the numbers and addresses in a tick's texts, given to a phone together with the dots in their place.

They come back with the dots, and tell whether these stand for what the server still has there. Keyed, each item and field for itself (HMAC,
models/crypto.py): a telephone has so few digits that a plain hash of it could be guessed.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from app.models import crypto
from app.services import free_text
from app.services.masks import DOTS

FIELDS = ("remark", "reason")
LENGTH = 16  # letters; it is one of a handful of texts that an item ever had
_LETTERS = str.maketrans("0123456789", "ghijklmnop")  # no digit: what a phone takes along is searched for numbers as a whole


def digests(tick: Any) -> dict[str, str]:
    """Of each field of a tick, or of none, the digests of what its reader may be given dots for, in the order of the text."""
    return {key: _of_text(tick, key, getattr(tick, key, None) or "") for key in FIELDS}


def of_pieces(tick: Any, key: str, pieces: Sequence[str]) -> str:
    """The digests of these pieces of a tick's field."""
    digest = crypto.digester(f"piece:{type(tick).__name__}:{tick.inspection_id}:{tick.item_id}:{key}")
    return " ".join(digest(piece).translate(_LETTERS)[:LENGTH] for piece in pieces)


def _of_text(tick: Any, key: str, text: str) -> str:
    spans = free_text.spans(text, DOTS) if text else ()
    return of_pieces(tick, key, [text[start:end] for start, end in spans]) if spans else ""
