"""Pictures that mean harm: decoded where they do none, refused with what to do."""

import re
from pathlib import Path

import pytest

from app.models.rules import RuleError
from app.services import apart, photo_child, upload
from app.services.sheet.package import Limits
from tests.services import harm_pictures as harm

CHILD = Path(photo_child.__file__)
HARMLESS = {"a JPEG whose tables go in a circle"}  # strange, and yet a photo


@pytest.mark.parametrize("name", harm.HARMFUL)
def test_a_harmful_picture_is_refused_with_what_to_do(name):
    if name in HARMLESS:
        assert upload.take("a.jpg", harm.HARMFUL[name]()).data.startswith(b"\xff\xd8")
        return
    with pytest.raises(RuleError) as refused:
        upload.take("a.jpg", harm.HARMFUL[name]())
    assert "请" in refused.value.message


@pytest.mark.parametrize("edge", [8_000, 60_000])
def test_too_many_pixels_are_told_before_any_is_decoded(edge):
    with pytest.raises(RuleError, match="像素太多"):
        upload.take("a.png", harm.png(edge, edge))


@pytest.mark.parametrize("name", ["a PNG of 49 million pixels with alpha", "a JPEG of 49 million pixels in 2,000 passes"])
def test_the_limits_end_what_the_decoder_would_go_on_with(name):
    """Not some check of the file: with room and time it would be decoded."""
    for limits, whole in ((Limits(), False), (Limits(memory=2 << 30, cpu=600, wall=0.1), False), (Limits(memory=2 << 30), "alpha" in name)):
        try:
            with apart.made(CHILD, given=harm.HARMFUL[name](), limits=limits) as made:
                assert made.read(2) == b"\xff\xd8" and whole
        except apart.Ended as why:
            assert not whole and why.code != photo_child.TOO_MANY_PIXELS


def test_what_fails_leaves_the_next_photo_alone():
    with pytest.raises(RuleError):
        upload.take("a.jpg", harm.HARMFUL["a WebP of 49 million pixels in 40 bytes"]())
    assert upload.take("a.jpg", harm.jpeg()).name == "a.jpg"


def test_nobody_else_decodes_pictures():
    app = CHILD.parents[1]
    assert [path for path in app.rglob("*.py") if re.search(r"^\s*(from|import) PIL\b", path.read_text(encoding="utf-8"), re.MULTILINE)] == [CHILD]


def test_the_child_knows_nothing_of_the_application():
    for script in (CHILD, CHILD.with_name("held.py")):
        text = script.read_text(encoding="utf-8")
        assert "import app" not in text and "from app" not in text
