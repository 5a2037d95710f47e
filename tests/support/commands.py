"""What a command says, as if it were typed."""

from collections.abc import Callable

from flask import Flask

from app.extensions import db
from app.services import scope


def runner(app: Flask) -> Callable[..., str]:
    """run("seed", "demo") gives what was printed; run(..., fails=True) what was said on failing. Within the app's context."""

    def run(*words: str, fails: bool = False) -> str:
        db.session.rollback()
        result = app.test_cli_runner().invoke(args=words)
        assert bool(result.exit_code) is fails, result.output
        scope.bind(db.session(), scope.SYSTEM)
        db.session.rollback()
        return result.output

    return run
