"""Text as people paste it, made plain."""

import re

# Invisible: zero-width space and marks, direction marks, word joiner, byte order mark, soft hyphen.
_INVISIBLE = re.compile("[\u00ad\u200b\u200e\u200f\u202a-\u202e\u2060\u2066-\u2069\ufeff]")
# A zero-width joiner holds an emoji together; after anything else it is stray.
_STRAY_JOINER = re.compile("(?<![\u2190-\u2bff\ufe0f\U0001f000-\U0001faff])[\u200c\u200d]")
_BREAKS = re.compile("[\r\n\v\f\x85\u2028\u2029]+")
# Codes, numbers and phones: nothing but letters, digits and a few signs, full width or not.
_CODE = re.compile(r"[\x21-\x7e\uff01-\uff5e]+")
# 张　三, 上官　甲: parted so that names of two and three stand flush.
_SPACED_OUT = re.compile(r"[\u4e00-\u9fff](?:\s+[\u4e00-\u9fff]){1,3}|[\u4e00-\u9fff]{2}\s+[\u4e00-\u9fff]|[\u4e00-\u9fff]\s+[\u4e00-\u9fff]{2}")
_QUOTED = re.compile(r"'[0-9A-Za-z]+")  # '0123: typed so that a spreadsheet takes it as text
_NUMERALS = str.maketrans("〇零一二三四五六七八九", "00123456789")


def tidy(text: str, long: bool = False) -> str:
    """Without invisible characters and spaces around; one line, unless the text is long."""
    if text.isascii() and text.isprintable():
        text = text.strip()
        return text[1:] if _QUOTED.fullmatch(text) else text
    text = _STRAY_JOINER.sub("", _INVISIBLE.sub("", text)).strip()
    if long:
        return text.replace("\r\n", "\n").replace("\r", "\n")
    text = " ".join(line for part in _BREAKS.split(text) if (line := part.strip()))
    if _SPACED_OUT.fullmatch(text):
        return "".join(text.split())
    return half_width(text) if _CODE.fullmatch(text) and has_wide_code(text) else text


def has_wide_code(text: str) -> bool:
    """Whether a letter or digit stands in full width, as a Chinese input method leaves it."""
    return any("０" <= c <= "９" or "Ａ" <= c <= "Ｚ" or "ａ" <= c <= "ｚ" for c in text)


def half_width(text: str) -> str:
    """Full-width letters, digits and signs in half width, any space as a plain one.

    Not Unicode's NFKC, which makes 52 of 5².
    """
    if text.isascii():
        return text
    return "".join(chr(ord(c) - 0xFEE0) if "！" <= c <= "～" else " " if c.isspace() else c for c in text)


def compact(text: str) -> str:
    """For comparing and for numbers: half width, no space at all, lower case."""
    return "".join(half_width(tidy(text)).split()).casefold()


def chinese_number(text: str) -> int | None:
    """三, 十二, 三十一, 二〇一五 as a number; None for what is none. Up to 99 by tens, else digit by digit."""
    tens, ten, ones = text.partition("十")
    if not ten:
        digits = text.translate(_NUMERALS)
        return int(digits) if re.fullmatch("[0-9]{1,4}", digits) and not text.isascii() else None
    parts = [part.translate(_NUMERALS) for part in (tens or "一", ones or "零")]
    return int(parts[0]) * 10 + int(parts[1]) if all(re.fullmatch("[0-9]", part) for part in parts) else None
