"""Packed pieces fit together, with ISA-L and with zlib."""

import io
import random
import zipfile
import zlib

import pytest

from app.services.sheet import deflate
from app.services.sheet.archive import Archive, Part
from app.services.sheet.names import Once, file_name, numbered


@pytest.fixture(params=["as installed", "zlib"])
def codec(request, monkeypatch):
    if request.param == "zlib":
        monkeypatch.setattr(deflate, "CODEC", zlib)
        monkeypatch.setattr(deflate, "_combine", deflate.combine)


@pytest.mark.parametrize("size", [0, 1, 7, 255, 70_000])
def test_the_sum_of_two_pieces_is_worked_out_from_their_own(size):
    some = random.Random(size)
    first, second = some.randbytes(1000), some.randbytes(size)
    assert deflate.combine(zlib.crc32(first), zlib.crc32(second), size) == zlib.crc32(first + second)


def test_streams_behind_each_other_are_one_stream(codec):
    texts = [b"<a>" * 3, "守望".encode() * 50_000, b"", b"</a>"]
    packed = [deflate.Packed() for _ in texts]
    pieces = [one.take(text) + one.pause() for one, text in zip(packed[:-1], texts[:-1], strict=True)]
    pieces.append(packed[-1].take(texts[-1]) + packed[-1].end())
    whole = b"".join(texts)
    assert zlib.decompress(b"".join(pieces), -15) == whole
    assert deflate.crc_of((one.crc, one.size) for one in packed) == zlib.crc32(whole)


def test_an_archive_is_a_zip_file_to_others(codec):
    target = io.BytesIO()
    archive = Archive(target)
    for name, text in (("a.xml", b"<a/>"), ("b/c.xml", b"x" * 100_000), ("empty.xml", b"")):
        packed = deflate.Packed()
        data = packed.take(text) + packed.end()
        archive.add(Part(name, packed.crc, packed.size, len(data), [data[:3], data[3:]]))
    archive.close()
    with zipfile.ZipFile(target) as package:
        assert package.testzip() is None and package.namelist() == ["a.xml", "b/c.xml", "empty.xml"]
        assert package.read("b/c.xml") == b"x" * 100_000 and package.getinfo("a.xml").date_time[:3] == (1980, 1, 1)


@pytest.mark.parametrize(("text", "name"), [
    ("红星小学", "红星小学"), ("../../etc/passwd", "etc passwd"), ("a\\b:c*d?\"e<f>g|h", "a b c d e f g h"), ("..", "未命名"), ("", "未命名"),
    ("\x00\n\t", "未命名"), ("CON", "_CON"), ("con.xlsx", "_con.xlsx"), ("lpt1", "_lpt1"), (".bashrc", "bashrc"), ("a\u202egpj", "a gpj"),
    ("-rf", "rf"), ("$(rm)", "(rm)"), ("`x`", "x"), ("长" * 300, "长" * 60), ("a\ud800b", "a b"), ("名 . ", "名"),
])
def test_any_text_makes_a_harmless_file_name(text, name):
    assert file_name(text) == name


def test_names_that_look_alike_are_told_apart():
    once = Once(numbered)
    assert [once.name(text) for text in ("甲", "甲", "A/b", "a b", "甲")] == ["甲", "甲（2）", "A b", "a b（2）", "甲（3）"]
