"""A Django project in one file, over the peers' database: settings, the models, nothing else."""

from __future__ import annotations

from typing import Any
from urllib.parse import parse_qs, urlsplit

import django
from django.conf import settings
from django.core.management import call_command
from django.db import models

from benchmarks.peers import tables

APPS = ["django.contrib.admin", "django.contrib.auth", "django.contrib.contenttypes", "django.contrib.sessions", "django.contrib.messages",
        "benchmarks.peers"]
MIDDLEWARE = ["django.middleware.security.SecurityMiddleware", "django.contrib.sessions.middleware.SessionMiddleware",
              "django.middleware.common.CommonMiddleware", "django.middleware.csrf.CsrfViewMiddleware",
              "django.contrib.auth.middleware.AuthenticationMiddleware", "django.contrib.messages.middleware.MessageMiddleware",
              "django.middleware.clickjacking.XFrameOptionsMiddleware"]
PROCESSORS = [f"django.{name}" for name in (
    "template.context_processors.request", "contrib.auth.context_processors.auth", "contrib.messages.context_processors.messages")]


def start(url: str) -> None:
    """Set Django up and make its own tables in the peers' database, by SQLAlchemy's URL; once a process."""
    settings.configure(
        DEBUG_PROPAGATE_EXCEPTIONS=True, SECRET_KEY="of no use" * 4, ALLOWED_HOSTS=["*"], INSTALLED_APPS=APPS, MIDDLEWARE=MIDDLEWARE, ROOT_URLCONF="__main__",
        DATABASES={"default": _database(url)}, STATIC_URL="static/", USE_TZ=False,
        TEMPLATES=[{"BACKEND": "django.template.backends.django.DjangoTemplates", "APP_DIRS": True, "OPTIONS": {"context_processors": PROCESSORS}}])
    django.setup()
    call_command("migrate", verbosity=0)


def _database(url: str) -> dict[str, Any]:
    if url.startswith("sqlite:///"):
        return {"ENGINE": "django.db.backends.sqlite3", "NAME": url.removeprefix("sqlite:///")}
    parts = urlsplit(url)
    host = parse_qs(parts.query).get("host", [parts.hostname or ""])[0]
    return {"ENGINE": "django.db.backends.postgresql", "NAME": parts.path[1:], "USER": parts.username or "", "PASSWORD": parts.password or "",
            "HOST": host, "PORT": parts.port or ""}


def _whole() -> dict[str, models.Field]:
    """The rest of the columns."""
    return {**{name: models.CharField(max_length=120, null=True) for name in tables.TEXTS},
            **{name: models.DateField(null=True) for name in tables.DATES}, **{name: models.BooleanField() for name in tables.YES_NO}}


def child_model(*, whole: bool = False) -> type[models.Model]:
    """The child, with the class that it goes to, with a list's columns or nearly all; after ``start``."""

    class SchoolClass(models.Model):
        name = models.CharField(max_length=40)

        class Meta:
            app_label, db_table, managed = "peers", "school_class", False

        def __str__(self) -> str:
            return self.name

    class Child(models.Model):
        name, pinyin = models.CharField(max_length=40), models.CharField(max_length=80)
        sex, left_behind = models.CharField(max_length=1), models.CharField(max_length=1)
        special_group = models.CharField(max_length=20, null=True)
        school_class = models.ForeignKey(SchoolClass, models.PROTECT, null=True)
        boarder = models.BooleanField()
        last_talk_on, last_visit_on, last_contact_on = (models.DateField(null=True) for _ in range(3))

        class Meta:
            app_label, db_table, managed = "peers", "child", False

        if whole:
            vars().update(_whole())

    return Child
