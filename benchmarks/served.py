"""The application for a server that is measured: as it is, but that fifty may log in from one address."""

from flask import Flask

from app import create_app as create

__all__ = ["create_app"]


def create_app() -> Flask:
    return create({"RATELIMIT_ENABLED": False})
