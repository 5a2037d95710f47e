"""What goes wrong with a workbook, told in words for the person who sent it."""


class SheetProblem(ValueError):
    """A message id and its values, so that the panel can translate it; str() is the Chinese text."""

    def __init__(self, message: str, **values: object) -> None:
        super().__init__(message)
        self.message = message
        self.values = values

    def __str__(self) -> str:
        return self.message % self.values if self.values else self.message


class SheetError(SheetProblem):
    """The whole file is refused."""


class TookLong(SheetError):
    """Reading it took longer than it may."""


class CellError(SheetProblem):
    """One cell is refused."""
