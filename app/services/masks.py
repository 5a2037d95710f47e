"""How much of a sensitive text an asker sees. Source: rules on minors' data (network protection, 36)."""

from __future__ import annotations

from app import roles
from app.models.base import Entity, Field
from app.services.scope import Asker

DOTS = "••••••••"


def level(asker: Asker, model: type[Entity]) -> str:
    """How much the asker sees of the entity's secrets: "whole", "last4" or "hidden"."""
    return "whole" if asker.unbound else roles.MASK_OF.get((asker.role, model.__name__)) or roles.MASK.get(asker.role, "hidden")


def masked(asker: Asker, model: type[Entity], one: Field) -> bool:
    """Whether the asker gets this field of the entity only in part."""
    return one.secret and level(asker, model) != "whole"


def cover(text: str | None, depth: str) -> str:
    """The text as it may be shown; nothing stays nothing."""
    if not text or depth == "whole":
        return text or ""
    # Four digits of a number say little; four characters of an address say where.
    return DOTS + text[-4:] if depth == "last4" and text[-4:].isascii() else DOTS


def still_covered(value: object) -> bool:
    """Whether a typed value has the shape of a covered text that came back as it was shown."""
    return isinstance(value, str) and value.startswith(DOTS) and len(value) in (len(DOTS), len(DOTS) + 4)
