"""What there is. Importing this package declares every entity."""

from functools import cache

from app.models import (
    audit,
    bus,
    campaign,
    campaign_result,
    canteen,
    care,
    cases,
    children,
    forms,
    inspection,
    job,
    ledger,
    org,
    safety,
    sheets,
    staged,
    term,
    visit_op,
)
from app.models.base import Entity

__all__ = ["Entity", "audit", "bus", "campaign", "campaign_result", "canteen", "care", "cases", "children", "entities", "forms",
           "inspection", "job", "ledger", "org", "safety", "sheets", "staged", "term", "visit_op"]


@cache
def entities() -> dict[str, type[Entity]]:
    """Every declared entity by its class name, in the order of the names."""
    found = (mapper.class_ for mapper in Entity.registry.mappers if issubclass(mapper.class_, Entity))
    return {model.__name__: model for model in sorted(found, key=lambda model: model.__name__)}
