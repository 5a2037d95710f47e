"""Numbers of fictional people and buses: well-formed, but assigned to nobody.

Division codes begin with 99, a province that does not exist. Phones begin with 102:
mobile numbers in China begin with 13 to 19; what begins with 10 to 12 are short service
codes, and 102 is none of them, so that dialling one reaches neither a person nor a hotline.
Plates begin with 示, which stands for no province.
"""

from collections import defaultdict
from datetime import date
from random import Random

from app.models.rules import check_digit

DIVISION = "990101"
_ORDERS = 500
_PLATE_LETTERS = "ABCDEFGHJKLMNPQRSTUVWXYZ"


def id_number(rng: Random, birth: date, sex: str, division: str = DIVISION, order: int | None = None) -> str:
    """A valid ID number (GB 11643). `sex` is "m" or "f"; `order` (0–499) tells apart people of one day."""
    if order is None:
        order = rng.randrange(_ORDERS)
    if not 0 <= order < _ORDERS:
        raise ValueError(order)
    first17 = f"{division}{birth:%Y%m%d}{2 * order + (sex == 'm'):03d}"
    return first17 + check_digit(first17)


class IdNumbers:
    """Hands out ID numbers, none twice: at most 500 for one division, day and sex."""

    def __init__(self, rng: Random) -> None:
        self._rng = rng
        self._given: defaultdict[tuple[str, date, str], int] = defaultdict(int)

    def next(self, birth: date, sex: str, division: str = DIVISION) -> str:
        """The next free number; ValueError when all 500 are given."""
        key = (division, birth, sex)
        order = self._given[key]
        self._given[key] += 1
        return id_number(self._rng, birth, sex, division, order)


def student_number(rng: Random, id_number: str | None = None) -> str:
    """G and the ID number; without one J and 18 digits, one in ten L (temporary)."""
    if id_number:
        return f"G{id_number}"
    return f"{'L' if rng.random() < 0.1 else 'J'}{rng.randrange(10**18):018d}"


def phone(rng: Random) -> str:
    """An 11-digit mobile number in a range that no operator holds."""
    return f"102{rng.randrange(10**8):08d}"


def plate(rng: Random) -> str:
    """A plate of the fictional province; one in ten is a new-energy one (six places)."""
    head = "示" + rng.choice("ABC")
    if rng.random() < 0.1:
        return f"{head}D{rng.randrange(10**5):05d}"
    if rng.random() < 0.5:
        return f"{head}{rng.randrange(10**5):05d}"
    return f"{head}{rng.choice(_PLATE_LETTERS)}{rng.randrange(10**4):04d}"
