"""How much of a field an asker sees. Source: rules on minors' data (network protection, 36).

Numbers and addresses are covered by role; who gets counts only sees no personal field either, so that
whatever people write about people is declared personal and stays in the county.
"""

from __future__ import annotations

from typing import Any

from app import roles
from app.models import entities, rules
from app.models.base import Entity, Field, Kind, fields_of
from app.services import free_text
from app.services.scope import Asker

DOTS = "••••••••"


def level(asker: Asker, model: type[Entity], one: Field) -> str:
    """How much the asker sees of a field of the entity: "whole", "last4" or "hidden"."""
    if asker.unbound:
        return "whole"
    if one.secret:
        return roles.MASK_OF.get((asker.role, model.__name__)) or roles.MASK.get(asker.role, "hidden")
    return "hidden" if asker.role in roles.COUNTS_ONLY and (one.kind is Kind.PERSONAL or _names_somebody(one)) else "whole"


def confided(asker: Asker, one: Field) -> bool:
    """Whether the field is covered for the asker in a withheld row: talks of a psychological kind take a permission of their own."""
    return one.confided and not asker.unbound and asker.role not in roles.CONFIDED


def withheld(row: Entity) -> bool:
    """Whether the row is of a kind that is withheld beyond the school."""
    return any(getattr(row, key) in codes for key, codes in type(row).__withheld__.items())


def level_of(asker: Asker, row: Entity, one: Field) -> str:
    """How much the asker sees of a field of this row, as ``level`` says it."""
    return "hidden" if confided(asker, one) and withheld(row) else level(asker, type(row), one)


def files_covered(asker: Asker, row: Entity) -> bool:
    """Whether the files of a row may show what the asker gets covered."""
    return identity_masked(asker, type(row)) or not asker.unbound and asker.role not in roles.CONFIDED and withheld(row)


def _names_somebody(one: Field) -> bool:
    """Whether a link tells a name: its row is called by a personal field."""
    target = entities().get(one.target or "")
    return target is not None and bool(target.__title__) and fields_of(target)[target.__title__].kind is Kind.PERSONAL


def masked(asker: Asker, model: type[Entity], one: Field) -> bool:
    """Whether the asker gets this field of the entity only in part."""
    return level(asker, model, one) != "whole"


def may_reveal(asker: Asker) -> bool:
    """Whether the asker may see whole what is masked, against a reason that is logged."""
    return asker.role in roles.MAY_REVEAL


def identity_masked(asker: Asker, model: type[Entity]) -> bool:
    """Whether the rows bear the number of an identity card that the asker gets only in part: a file on them may be a scan of the card.

    Nobody says of a file what it shows, so each counts as one.
    """
    return any(one.rule is rules.id_number and masked(asker, model, one) for one in fields_of(model).values())


def shown(asker: Asker, row: Entity, key: str) -> str:
    """The text of a row's field, or the name of a linked row, as this asker may see it."""
    value = getattr(row, key)
    return cover(None if value is None else str(value), level_of(asker, row, fields_of(type(row))[key]))


def answering(asker: Asker, row: Entity, key: str) -> str:
    """The name behind a link; of what is settled, the one that is kept of who went to another school."""
    named, keeps = shown(asker, row, key), fields_of(type(row))[key].keeps
    return named or (shown(asker, row, keeps[0]) if keeps and getattr(row, keeps[1]) else "")


def nameless(asker: Asker, model: type[Entity]) -> bool:
    """Whether what the entity's rows are called is hidden from the asker."""
    return bool(model.__title__) and masked(asker, model, fields_of(model)[model.__title__])


def called(asker: Asker, row: Entity | None) -> str:
    """What a row is called, as this asker may be told; else its number."""
    if row is None:
        return ""
    return str(row) if asker.may("read", type(row)) and not nameless(asker, type(row)) else f"#{row.id}"


def cover(text: str | None, depth: str) -> str:
    """The text as it may be shown; nothing stays nothing."""
    if not text or depth == "whole":
        return text or ""
    # Four digits of a number say little; four characters of an address say where.
    return DOTS + text[-4:] if depth == "last4" and text[-4:].isascii() else DOTS


def without_numbers(told: Any) -> Any:
    """Texts, or lists and dictionaries of them, with whatever looks like the number of a person, a telephone or an address covered."""
    if isinstance(told, str):
        return free_text.covered(told, DOTS)
    if isinstance(told, dict):
        return {key: without_numbers(value) for key, value in told.items()}
    return [without_numbers(one) for one in told] if isinstance(told, list) else told


def still_covered(value: object) -> bool:
    """Whether a typed value has the shape of a covered text that came back as it was shown."""
    return isinstance(value, str) and value.startswith(DOTS) and len(value) in (len(DOTS), len(DOTS) + 4)
