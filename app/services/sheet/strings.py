"""The strings that cells share, so that a word that stands in many rows stands in the file once."""

from __future__ import annotations

MOST = 50_000  # strings of one book; what comes later stands in its cell


class Strings:
    """Shared strings as XML character data, in the order of their numbers; ``first`` are those of the book's heads."""

    def __init__(self, first: int) -> None:
        self.first = first
        self.numbers: dict[str, int] = {}

    def cell(self, text: str, style: int) -> str:
        """The rest of a cell that says this escaped text."""
        number = self.numbers.get(text)
        if number is None:
            # Readers do not agree on escapes in shared strings (openpyxl takes half of one away); in a cell they do.
            if len(self.numbers) >= MOST or "_x" in text:
                return own_text(text, style)
            number = self.numbers[text] = self.first + len(self.numbers)
        return f' s="{style}" t="s"><v>{number}</v></c>'

    def clear(self) -> None:
        """For another book."""
        self.numbers.clear()

    def xml(self) -> str:
        """The items, to stand behind those of the heads."""
        return "".join(f'<si><t xml:space="preserve">{text}</t></si>' for text in self.numbers)


def own_text(text: str, style: int) -> str:
    """The rest of a cell that holds this escaped text itself."""
    return f' s="{style}" t="inlineStr"><is><t xml:space="preserve">{text}</t></is></c>'
