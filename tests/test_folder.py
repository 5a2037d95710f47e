"""What a killed session left in memory goes with the next one, and nothing else."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

from tests.support import folder


@pytest.fixture
def dead():
    """Number of a process that is no more."""
    ended = subprocess.Popen([sys.executable, "-S", "-c", ""])
    ended.wait()
    return ended.pid


@pytest.mark.skipif(not Path("/proc/self").exists(), reason="without /proc nobody can tell which session is no more")
def test_a_session_that_is_no_more_is_swept(tmp_path, dead):
    names = [f"{folder.PREFIX}{dead}-abc", f"{folder.PREFIX}{os.getpid()}-abc", f"{folder.PREFIX}old", "another"]
    for name in names:
        (tmp_path / name / "pg").mkdir(parents=True)
        (tmp_path / name / "pg" / "postmaster.pid").write_text(f"{os.getpid()}\n")  # of a server that died: this process is none, and lives on
    folder.sweep(tmp_path)
    assert sorted(path.name for path in tmp_path.iterdir()) == sorted(names[1:])


def test_without_a_disk_in_memory_there_is_no_room(tmp_path, monkeypatch):
    monkeypatch.setattr(folder, "IN_MEMORY", tmp_path / "none")
    assert folder.room() == 0


def test_what_is_temporary_lies_in_the_sessions_folder(session_folder, tmp_path):
    assert Path(os.environ["TMPDIR"]) == session_folder and tmp_path.is_relative_to(session_folder)
