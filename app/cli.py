"""Commands: ``flask --app app seed …``, ``purge``, ``recount``. One small function each."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import click
from flask import Flask, current_app
from flask.cli import with_appcontext
from flask_migrate import upgrade
from sqlalchemy import func, select
from sqlalchemy.orm import Session
from werkzeug.security import generate_password_hash
from xlsxwriter.exceptions import FileCreateError

from app.extensions import db
from app.models import codes
from app.models.children import Child
from app.models.org import Member, School
from app.panel.views_by_entity import VIEWS
from app.services import attachments, counters, derived, exporting, members, nameless, records, retention, scope, upkeep
from app.services.exchange import staging, uploads
from seeds.checklist.load import load_template, update_template
from seeds.demo import make_demo
from seeds.divisions import UnknownDivision, load_divisions
from seeds.forms.load import load_forms


def register(app: Flask) -> None:
    """Give the application its commands."""
    for command in (prepare, admin, seed, purge, recount, export):
        app.cli.add_command(command)


def session_of_the_system() -> Session:
    """The database session, asked by the system itself: it sees and writes all."""
    session = db.session()
    scope.bind(session, scope.SYSTEM)
    return session


@click.command()
@click.pass_context
@with_appcontext
def prepare(context: click.Context) -> None:
    """Migrate the database and, in the demo, make a county where there is none: all that a start needs, in one process."""
    upgrade()
    session = session_of_the_system()
    staging.sweep(session)
    load_forms(session)
    update_template(session)
    session.commit()
    if current_app.config["DEMO"]:
        context.invoke(demo, if_empty=True)


@click.command()
@click.argument("username")
@click.option("--name", default=codes.ROLE["admin"], show_default=True, help="Who it is, as others read it.")
@click.option("--area", "code", help="Code of the area it sees; where there is one top area, that one.")
@with_appcontext
def admin(username: str, name: str, code: str | None) -> None:
    """Make an account of a system admin, or give an existing one a new password; it is told once."""
    session, password = session_of_the_system(), members.new_password()
    hashed = generate_password_hash(password, current_app.config.get("FAB_PASSWORD_HASH_METHOD", "scrypt"))
    try:
        members.make_admin(session, username, name, code, hashed)
    except records.Refused as refused:
        raise click.ClickException("; ".join(f"{key}: {error}" for key, error in refused.errors.items())) from refused
    session.commit()
    click.echo(f"Account: {username}\nPassword, to be changed at the first log-in: {password}")


@click.group()
def seed() -> None:
    """Fill the database."""


@seed.command()
@click.option("--children", default=3000, show_default=True, type=click.IntRange(min=0), help="Children of the demo county.")
@click.option("--schools", default=30, show_default=True, type=click.IntRange(min=1), help="Schools of the demo county.")
@click.option("--seed", "number", default=1, show_default=True, help="The same seed makes the same county.")
@click.option("--if-empty", is_flag=True, help="Do nothing when there is a school already.")
@click.option("--light", is_flag=True, help="Few records a child: for a whole city.")
@with_appcontext
def demo(children: int, schools: int, number: int, if_empty: bool, light: bool) -> None:
    """Make a fictional county with its accounts."""
    session = session_of_the_system()
    if session.scalar(select(func.count()).select_from(School)):
        if if_empty:
            return
        raise click.ClickException("There are schools already: the demo county needs an empty database.")
    chosen, method = current_app.config["DEMO_PASSWORD"], current_app.config.get("FAB_PASSWORD_HASH_METHOD", "scrypt")
    with click.progressbar(length=schools, label="Making the demo county") as bar:
        made = make_demo(session, children=children, schools=schools, seed=number, password=chosen or None,
                         records="light" if light else "full", hash_method=method, progress=bar.update)
    upkeep.refresh_statistics(session)
    _print_accounts(made["accounts"], "as DEMO_PASSWORD" if chosen else made["password"])


def _print_accounts(accounts: list[dict[str, str]], password: str) -> None:
    for account in accounts:
        click.echo(f"{account['username']:<12}{account['role']}  {account['place']}")
    click.echo(f"Password of all: {password}")


@seed.command()
@click.option("--city", "code", required=True, help="Code of a city or county, for example 5205.")
@with_appcontext
def divisions(code: str) -> None:
    """Load the real divisions of a city or county; those already there stay."""
    session = session_of_the_system()
    try:
        made = load_divisions(session, code)
    except UnknownDivision as unknown:
        raise click.BadParameter(f"not in seeds/divisions.csv, which holds {', '.join(unknown.known)}",
                                 param_hint="--city") from unknown
    session.commit()
    click.echo(f"{made} areas added")


@seed.command()
@with_appcontext
def checklist() -> None:
    """Load the published checklist; one already there stays."""
    session = session_of_the_system()
    template = load_template(session)
    click.echo(f"{template.code} {template.number}: {template.name}")
    session.commit()


@seed.command()
@with_appcontext
def forms() -> None:
    """Load the official forms; those already there are brought up to date."""
    session = session_of_the_system()
    click.echo(" ".join(load_forms(session)) or "all there already")
    session.commit()


@click.command()
@with_appcontext
def purge() -> None:
    """Delete for good what lies in the trash, in the access log, among the downloads or without a row for too long."""
    session, settings = session_of_the_system(), current_app.config
    staging.sweep(session)
    uploads.sweep(Path(settings["VAR"]) / uploads.FOLDER)
    done = retention.purge(session, trash_days=settings["TRASH_DAYS"], log_days=settings["LOG_DAYS"])
    upkeep.refresh_statistics(session)
    files = Path(settings["VAR"]) / attachments.FOLDER
    for name in done.files:
        (files / name).unlink(missing_ok=True)
    swept = nameless.sweep(session, files, settings["TRASH_DAYS"])
    session.commit()  # what follows writes by connections of its own
    if jobs := current_app.extensions["worker"].sweep():
        done.rows["job"] = jobs
    for table, rows in sorted(done.rows.items()):
        click.echo(f"{table}: {rows}")
    if swept != nameless.Swept():
        click.echo(f"files without a row: {swept.aside} put aside, {swept.back} taken back, {swept.gone} removed")


@click.command()
@with_appcontext
def recount() -> None:
    """Make all that follows from other rows anew: search keys, left-behind status, last talk, counters of schools."""
    session = session_of_the_system()
    with scope.trash(session):
        total = session.scalar(select(func.count()).select_from(Child)) or 0
    with click.progressbar(length=total, label="Recounting") as bar:
        for done in derived.recount_all(session):
            session.commit()
            bar.update(done)
    with click.progressbar(length=session.scalar(select(func.count(School.id))) or 0, label="Counting schools") as bar:
        for done in counters.recount_all(session):
            bar.update(done)
    upkeep.refresh_statistics(session)


@click.command()
@click.argument("entity")
@click.option("--as", "account", required=True, help="Account whose scope and masks count.")
@click.option("--to", "target", required=True, type=click.Path(dir_okay=False, path_type=Path), help="Workbook to write.")
@with_appcontext
def export(entity: str, account: str, target: Path) -> None:
    """Write all rows of an entity (table, class or label) that an account sees, as the button does."""
    view, session = _view_of(entity), session_of_the_system()
    member = session.scalars(select(Member).where(Member.username == account, Member.active)).one_or_none()
    if member is None:
        raise click.BadParameter("no such account, or switched off", param_hint="--as")
    asker = scope.asker_of(session, member)
    scope.bind(session, asker)
    order, descending = view.order
    try:
        rows = exporting.export(session, asker, view.model, view.columns, target, order=order, descending=descending)
    except records.Forbidden as refused:
        raise click.ClickException(f"The role {asker.role} may not export {view.model.__name__}.") from refused
    except (OSError, FileCreateError) as unwritten:
        raise click.ClickException(f"{target} cannot be written: {unwritten}") from unwritten
    click.echo(f"{target}: {rows} rows")


def _view_of(entity: str) -> Any:
    for name, view in VIEWS.items():
        if entity in (name, view.model.__tablename__, view.model.__label__):
            return view
    raise click.BadParameter(f"one of {', '.join(view.model.__tablename__ for view in VIEWS.values())}", param_hint="ENTITY")
