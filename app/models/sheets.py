"""What the house remembers of the sheets that people send."""

from sqlalchemy import JSON, Index, String
from sqlalchemy.orm import Mapped, mapped_column

from app.models.base import Entity
from app.models.words import _


class SheetMapping(Entity):
    """What the columns of a sender's sheet mean, as the sender said it once.

    ``sender`` is a school or, beyond schools, a member (services/exchange/mapping.py); ``headings`` is
    a digest of all headings of the sheet; ``columns`` is heading → field, "" for what is not read.
    """

    __tablename__ = "sheet_mapping"
    __label__ = _("表头对应")
    __table_args__ = (Index("ix_sheet_mapping_sender", "sender", "entity", "headings"),)
    sender: Mapped[str] = mapped_column(String(20))
    entity: Mapped[str] = mapped_column(String(40))
    headings: Mapped[str] = mapped_column(String(64))
    columns: Mapped[dict[str, str]] = mapped_column(JSON)
