"""Names as people search for them: by any part, by pinyin, by initials.

Surname readings stand in a table, because pypinyin reads a character alone
(曾 as ceng); given names are read by pypinyin as one phrase, memoised.
"""

import unicodedata
from functools import lru_cache

from pypinyin import lazy_pinyin

KEY_LENGTH = 80
"""Longest key, in characters: the width of `ChildKey.key`."""

_READINGS = """
曾zeng 单shan 仇qiu 解xie 查zha 区ou 覃qin 翟zhai 薄bo 种chong 都du 盖ge 句gou 阚kan
隗wei 乜nie 朴piao 繁po 召shao 折she 洗xian 么yao 员yun 贠yun 乐yue 祭zhai 缪miao 藏zang 秘bi
黑he 能nai 重chong 佴nai 尉迟yu'chi 万俟mo'qi 澹台tan'tai
"""


def _split_reading(entry: str) -> tuple[str, list[str]]:
    surname = entry.rstrip("abcdefghijklmnopqrstuvwxyz'")
    return surname, entry[len(surname) :].split("'")


SURNAMES = dict(_split_reading(entry) for entry in _READINGS.split())
"""Surname → its syllables, only where pypinyin reads the characters alone otherwise."""


@lru_cache(maxsize=65536)
def _read(text: str) -> tuple[str, ...]:
    """One syllable a character; "" for one that nobody can read (rare, private use)."""
    syllables: list[str] = []
    for part in lazy_pinyin(text, errors=list):  # type: ignore[arg-type]
        syllables.append("".join(c for c in unicodedata.normalize("NFKD", part) if c.isascii() and c.isalnum()))
    return tuple(syllables)


def _syllables(name: str) -> tuple[str, ...]:
    """Readings of a normalised name, surname first."""
    for length in (2, 1):
        if reading := SURNAMES.get(name[:length]):
            return (*reading, *_read(name[length:]))
    return (*_read(name[:1]), *_read(name[1:]))


def normalise_query(text: str) -> str:
    """What is typed and what is kept, in one form: NFKC, lower case, letters and digits.

    Spaces, dots of names (阿依古丽·买买提), apostrophes and unseen characters go.
    Characters for private use stay: rare names are written with them.
    """
    folded = unicodedata.normalize("NFKC", text).lower()
    if not folded.isalnum():
        folded = "".join(c for c in folded if not _passed_over(c))
    return folded[:KEY_LENGTH]


@lru_cache(maxsize=8192)
def _passed_over(char: str) -> bool:
    """Spaces, punctuation, control and format characters, lone surrogates."""
    category = unicodedata.category(char)
    return category[0] in "ZP" or category in ("Cc", "Cf", "Cs")


def full(name: str) -> str:
    """Pinyin without tones, spaces or accents: 陈子涵 → chenzihan, 吕 → lv."""
    return "".join(_syllables(normalise_query(name)))[:KEY_LENGTH]


def initials(name: str) -> str:
    """First letter of each syllable: 陈子涵 → czh."""
    return "".join(syllable[:1] for syllable in _syllables(normalise_query(name)))


def search_keys(name: str) -> list[str]:
    """Keys such that whatever part of a name is typed is the beginning of one of them.

    Suffixes of the name, of its pinyin by syllables and of its initials; a key
    that is itself the beginning of another is left out (涵: h beside han).
    """
    name = normalise_query(name)
    syllables = _syllables(name)
    heads = [syllable[:1] for syllable in syllables]
    found = {text[:KEY_LENGTH] for at in range(len(name)) for text in _from(at, name, syllables, heads)}
    ordered = sorted(found - {""})
    following = [*ordered[1:], ""]
    return [key for key, after in zip(ordered, following, strict=True) if not after.startswith(key)]


def _from(at: int, name: str, syllables: tuple[str, ...], heads: list[str]) -> tuple[str, str, str]:
    return name[at:], "".join(syllables[at:]), "".join(heads[at:])


def prefix_range(query: str) -> tuple[str, str]:
    """Bounds of all keys that begin with `query`: low <= key < high, by code points.

    High is the query with its last character stepped up; surrogates are stepped
    over, and U+10FFFF, which has no next, carries to the character before it. A
    query of nothing else (or empty) has no upper bound in text: its high stands
    above every key that does not itself go on with U+10FFFF, which is no character.
    """
    stem = query.rstrip("\U0010ffff")
    if not stem:
        return query, "\U0010ffff" * (len(query) + 1)
    last = ord(stem[-1])
    return query, stem[:-1] + chr(0xE000 if last == 0xD7FF else last + 1)
