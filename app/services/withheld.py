"""Rows that no bulk export takes beyond the school: talks of a psychological kind, children who are watched for their mind.

On the page they stay, for those who may read them: who is responsible must see them. A school's own export holds them.
"""

from __future__ import annotations

from typing import Any

from app.models.base import Entity, fields_of
from app.models.words import _
from app.services.scope import Asker


def conditions(asker: Asker, model: type[Entity]) -> list[Any]:
    """What a row must meet to leave in bulk for who asks."""
    if asker.school_id is not None:
        return []
    return [getattr(model, key).not_in(codes) for key, codes in model.__withheld__.items()]


def told(asker: Asker, model: type[Entity]) -> str:
    """What is left out, in words; nothing where all rows leave."""
    if asker.school_id is not None or not model.__withheld__:
        return ""
    fields = fields_of(model)
    labels = [(fields[key].choices or {})[code] for key, codes in model.__withheld__.items() for code in codes]
    return _("不含") + _("、").join(labels)
