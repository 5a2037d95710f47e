"""Choices of a field that depend on its row: which they are follows from another column, of the row or of what it hangs on."""

from collections.abc import Iterator, Mapping


class ByRow(Mapping[str, str]):
    """Stands for the choices in a declaration. For the field alone there are none; services/choosing.py gives those of a row.

    ``column`` decides: an attribute of the row (``subject``) or behind one of its links (``form.basis``). ``vocabulary``
    is the name under which a service gives the choices of each value of that column.
    """

    def __init__(self, column: str, vocabulary: str) -> None:
        self.column, self.vocabulary = column, vocabulary

    def __getitem__(self, key: str) -> str:
        raise KeyError(key)

    def __iter__(self) -> Iterator[str]:
        return iter(())

    def __len__(self) -> int:
        return 0
