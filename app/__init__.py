"""The application, made by a recipe: settings, database, guards, pages."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from flask import Flask
from flask_appbuilder import AppBuilder
from werkzeug.middleware.proxy_fix import ProxyFix

import config
from app import cli, menu, models, worker
from app.extensions import csrf, db, migrate
from app.models import crypto
from app.panel import chrome, guard, words
from app.panel.security import PanelSecurity
from app.services import transactions
from app.views.home import Home

__all__ = ["create_app", "models"]


def create_app(overrides: Mapping[str, Any] | None = None) -> Flask:
    """An application with the environment's settings; ``overrides`` are config keys that win."""
    app = Flask(__name__)
    app.config.update(config.load())
    app.config.update(overrides or {})
    config.own_folder(app.config["VAR"])
    app.config.setdefault("WTF_CSRF_CHECK_DEFAULT", False)  # guard.py checks, so that keys can be told from cookies
    app.config["SQLALCHEMY_ENGINE_OPTIONS"] = {"hide_parameters": True, **app.config.get("SQLALCHEMY_ENGINE_OPTIONS", {})}
    app.config["FAB_SECURITY_MANAGER_CLASS"] = None
    if app.config["BEHIND_PROXY"]:
        app.wsgi_app = ProxyFix(app.wsgi_app, x_for=1, x_proto=1, x_host=1)  # type: ignore[method-assign]
    crypto.use_key(app.config["DATA_KEY"])
    db.init_app(app)
    migrate.init_app(app, db, directory=str(config.HERE / "migrations"))
    csrf.init_app(app)
    with app.app_context():
        transactions.prepare(db.engine)
        guard.register(app)
        panel = AppBuilder(app, db.session, indexview=Home, security_manager_class=PanelSecurity, update_perms=False)
        words.register(app)
        menu.register(panel)
        chrome.register(app, menu.ENTRIES)
    cli.register(app)
    worker.register(app)
    return app
