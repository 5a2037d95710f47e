"""A column of a sheet, as the sheet sees it: a label, a type, a list of choices."""

from dataclasses import dataclass, field
from typing import Literal

from app.models.words import _

ColumnType = Literal["text", "int", "decimal", "date", "datetime", "choice", "bool"]
YES, NO = _("是"), _("否")


@dataclass(frozen=True)
class Column:
    """One column; `choices` maps code to label, and the label is what is written and read.

    `width` is in characters of a digit's width; without it type and label decide.
    `long` marks running text: wider, wrapped, line breaks kept.
    """

    key: str
    label: str
    type: ColumnType
    width: int | None = None
    choices: dict[str, str] | None = field(default=None, hash=False)
    required: bool = False
    hint: str = ""
    long: bool = False

    @property
    def heading(self) -> str:
        """The label as it stands in a template's header: required columns bear a star."""
        return f"{self.label}*" if self.required else self.label

    @property
    def listed(self) -> list[str]:
        """The labels offered as a drop-down; empty for a column that is typed freely."""
        if self.type == "bool":
            return [YES, NO]
        return list((self.choices or {}).values()) if self.type == "choice" else []
