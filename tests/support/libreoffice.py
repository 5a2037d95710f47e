"""LibreOffice without a window: it opens workbooks and writes what it saw as files of another kind."""

import shutil
import subprocess
from collections.abc import Iterable
from pathlib import Path

PATIENCE = 300  # seconds: many times what it takes on a slow machine


def find() -> str | None:
    """Path of the machine's LibreOffice, or None."""
    return shutil.which("soffice") or shutil.which("libreoffice")


def convert(program: str, profile: Path, kind: str, files: Iterable[Path]) -> None:
    """Make files of this kind, such as "pdf", beside these: all lie in one folder. CalledProcessError where it ends badly."""
    paths = list(files)
    quiet = [program, "--headless", f"-env:UserInstallation={profile.as_uri()}"]
    subprocess.run([*quiet, "--convert-to", kind, "--outdir", str(paths[0].parent), *map(str, paths)], check=True, capture_output=True, timeout=PATIENCE)
