"""What xlsxwriter writes by name goes with its book, or with the next one where the process was killed."""

import tempfile
from pathlib import Path

import pytest

from app.services.sheet import scratch
from app.services.sheet.book import open_book


@pytest.fixture
def temporary(tmp_path, monkeypatch):
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path))
    return tmp_path


def test_a_folder_that_is_held_stays_and_goes_at_its_end(temporary):
    with scratch.folder() as path:
        assert Path(path).stat().st_mode & 0o777 == 0o700
        assert scratch.sweep(0) == 0 and Path(path).is_dir()
    assert list(temporary.iterdir()) == []


def test_what_nobody_holds_goes_but_for_what_was_just_made(temporary):
    left, other = temporary / f"{scratch.PREFIX}left", temporary / "somebody's"
    left.mkdir()
    other.mkdir()
    (left / "rows.xml").write_text("张三")
    assert scratch.sweep() == 0
    assert scratch.sweep(0) == 1 and list(temporary.iterdir()) == [other]


def test_a_book_that_breaks_leaves_nothing(temporary):
    with pytest.raises(ValueError, match="broken"), open_book(temporary / "book.xlsx", "书") as book:
        book.add_worksheet().write_row(0, 0, ["张三"])
        book.worksheets()[0].write_row(1, 0, ["李四"])
        raise ValueError("broken")
    assert list(temporary.iterdir()) == []
