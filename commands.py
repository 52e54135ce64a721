"""The operator's verbs: `flask …`."""

from __future__ import annotations

import sys
from datetime import datetime
from pathlib import Path
from zoneinfo import available_timezones

import click
from flask import Flask, current_app
from flask.cli import with_appcontext
from tqdm import tqdm

import worker
from core import clock, health
from events.demo import build as demo
from events.extending import extend_calendar
from events.imports import calendars
from events.imports.files import MOST_BYTES, Unreadable, read_rows
from events.imports.importing import import_meetings, source_of
from events.imports.report import Report
from events.imports.tables.cells import read_table
from events.imports.tables.columns import fields_of
from events.imports.tables.reading import reading_of, source_of_table
from events.models import Kind
from events.rules.planning import MOST_SEATS
from people.accounts import create_person
from people.audit import SYSTEM
from people.models import Role
from server import CannotServeError, serve
from static_copy.addresses import span_around
from static_copy.copying import export_site
from static_copy.folder import NotACopyError


@click.command("create-person")
@click.option("--name", required=True)
@click.option("--email", required=True)
@click.option("--role", required=True, type=click.Choice([role.value for role in Role]))
@click.option("--password")
@click.option("--until", type=click.DateTime(["%Y-%m-%d"]), help="The last day of the access.")
@with_appcontext
def create_person_command(
    name: str, email: str, role: str, password: str | None, until: datetime | None
) -> None:
    """Make an account."""
    now, ends_on = clock.now(), until.date() if until else None
    made = create_person(name, email, Role(role), password, by=SYSTEM, now=now, ends_on=ends_on)
    if made is None:
        raise click.ClickException(f"{email} has an account already")
    click.echo(f"Made {role} {name}" + (f" until {ends_on}" if ends_on else ""))


@click.command("doctor")
@with_appcontext
def doctor_command() -> None:
    """Check this installation; a sentence for each fault."""
    faults = health.faults()
    for fault in faults:
        click.echo(fault)
    if faults:
        raise SystemExit(1)
    click.echo("All is well.")


@click.command("extend-calendar")
@with_appcontext
def extend_calendar_command() -> None:
    """Make the dates of every series up to the horizon."""
    added = extend_calendar(
        clock.now(), lambda portions: tqdm(portions, unit=" × 200 series", file=sys.stderr)
    )
    click.echo(f"{added:,} dates added")


def _tell(report: Report, *, partial: bool, dry_run: bool) -> None:
    """A line per problem and note, then the count; exit 1 when something was refused."""
    for line in (*report.problems, *report.notes):
        click.echo(line)
    click.echo(report.count())
    if not report.applied:
        click.echo("Nothing was changed.")
    if report.refused and not report.applied and not dry_run:
        click.echo("Mend what is refused above, or take the others with --partial.")
    if report.refused and not partial:
        raise SystemExit(1)


@click.command("import-meetings")
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.option("--dry-run", is_flag=True, help="Say what would happen; change nothing.")
@click.option("--partial", is_flag=True, help="Take the good rows even if some are refused.")
@click.option("--timezone", help="The time zone of rows that name none; the program's by default.")
@with_appcontext
def import_meetings_command(file: Path, dry_run: bool, partial: bool, timezone: str | None) -> None:
    """Bring in a Meeting Guide feed (JSON) or a TSML table (CSV)."""
    if timezone and timezone not in available_timezones():
        raise click.ClickException(f"{timezone!r} is not a time zone such as America/New_York")
    try:
        with file.open("rb") as opened:
            rows = read_rows(opened.read(MOST_BYTES + 1))
    except Unreadable as error:
        raise click.ClickException(f"{file.name}: {error}") from None
    report = import_meetings(
        rows,
        source=source_of(rows, file.name),
        timezone=timezone or current_app.config["TIMEZONE"],
        by=SYSTEM,
        now=clock.now(),
        partial=partial,
        dry_run=dry_run,
        progress=lambda meetings: tqdm(meetings, unit=" meetings", file=sys.stderr),
    )
    _tell(report, partial=partial, dry_run=dry_run)


@click.command("import-calendar")
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.option(
    "--kind",
    type=click.Choice([kind.value for kind in Kind]),
    default=Kind.SUPPORT_GROUP.value,
    show_default=True,
    help="What its events are.",
)
@click.option(
    "--capacity",
    type=click.IntRange(0, MOST_SEATS),
    help="Seats a date, which one signs up for; without it they are drop-in.",
)
@click.option("--dry-run", is_flag=True, help="Say what would happen; change nothing.")
@click.option("--partial", is_flag=True, help="Take the good entries even if some are refused.")
@click.option("--large", is_flag=True, help="Take a file of up to 50 MB instead of 2.")
@with_appcontext
def import_calendar_command(
    file: Path, kind: str, capacity: int | None, dry_run: bool, partial: bool, large: bool
) -> None:
    """Bring in a calendar file (.ics), published at once."""
    most = calendars.MOST_BYTES_LARGE if large else calendars.MOST_BYTES
    try:
        with file.open("rb") as opened:
            content = opened.read(most + 1)
        report = calendars.import_calendar(
            content,
            source=calendars.source_of_calendar(content, file.name),
            timezone=current_app.config["TIMEZONE"],
            kind=Kind(kind),
            capacity=capacity,
            by=SYSTEM,
            now=clock.now(),
            partial=partial,
            dry_run=dry_run,
            most_bytes=most,
            progress=lambda entries: tqdm(entries, unit=" events", file=sys.stderr),
        )
    except Unreadable as error:
        raise click.ClickException(f"{file.name}: {error}") from None
    _tell(report, partial=partial, dry_run=dry_run)


@click.command("import-spreadsheet")
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.option(
    "--kind",
    type=click.Choice([kind.value for kind in Kind]),
    default=Kind.SUPPORT_GROUP.value,
    show_default=True,
    help="What rows are that name no kind.",
)
@click.option("--sheet", help="Of several sheets this one; the first by default.")
@click.option("--dry-run", is_flag=True, help="Say what would happen; change nothing.")
@click.option("--partial", is_flag=True, help="Take the good rows even if some are refused.")
@with_appcontext
def import_spreadsheet_command(
    file: Path, kind: str, sheet: str | None, dry_run: bool, partial: bool
) -> None:
    """Bring in a plain spreadsheet (CSV, XLSX); its columns are known by their names."""
    now = clock.now()
    try:
        table = read_table(file.read_bytes(), sheet)
        fields = fields_of(table.header)
        reading = reading_of(table, fields, Kind(kind), current_app.config["TIMEZONE"], now)
    except Unreadable as error:
        raise click.ClickException(f"{file.name}: {error}") from None
    report = calendars.import_reading(
        reading,
        source=source_of_table(file.name),
        kind=Kind(kind),
        capacity=None,
        by=SYSTEM,
        now=now,
        partial=partial,
        dry_run=dry_run,
    )
    _tell(report, partial=partial, dry_run=dry_run)


@click.command("export-site")
@click.argument("folder", type=click.Path(file_okay=False, path_type=Path))
@click.option("--base-url", help="Where the copy will stand; SITE_URL by default.")
@click.option("--months-back", type=click.IntRange(0, 60), default=1, show_default=True)
@click.option("--months-ahead", type=click.IntRange(0, 24), default=6, show_default=True)
@click.option(
    "--days-ahead",
    type=click.IntRange(0, 548),
    default=31,
    show_default=True,
    help="For how many days each date has a page of its own.",
)
@with_appcontext
def export_site_command(
    folder: Path, base_url: str | None, months_back: int, months_ahead: int, days_ahead: int
) -> None:
    """Write the public side as files for any static host."""
    living = current_app.config["SITE_URL"]
    current_app.config["SITE_URL"] = (base_url or living).rstrip("/")
    today = clock.today(current_app.config["TIMEZONE"])
    span = span_around(today, months_back, months_ahead, days_ahead)
    app = current_app._get_current_object()  # type: ignore[attr-defined]
    try:
        done = export_site(
            app, folder, living, span, lambda paths: tqdm(paths, unit=" pages", file=sys.stderr)
        )
    except NotACopyError as refusal:
        raise click.ClickException(str(refusal)) from None
    click.echo(f"{done.files:,} files, {done.size / 1_000_000:,.1f} MB, in {folder}")


@click.command("demo")
@with_appcontext
def demo_command() -> None:
    """Fill an empty database with an invented program."""
    if current_app.config["GROUNDSWELL_ENV"] == "production":
        raise click.ClickException("demo data is refused in production")
    built = demo.fill(current_app.config["TIMEZONE"], now=clock.now())
    if built is None:
        click.echo("The database holds something already: no demo data was added.")
    else:
        click.echo(
            f"Demo data: {built.events} events, {built.dates:,} dates, {built.signups:,} sign-ups"
        )
    for email, _name, role in demo.ACCOUNTS:
        if demo.is_there(email):
            click.echo(f"  {role.value:14} {email}  password {demo.PASSWORD}")


@click.command("serve")
@with_appcontext
def serve_command() -> None:
    """Serve the site with the mail worker beside it, until Ctrl-C."""
    settings = current_app.config
    try:
        serve(settings["HOST"], settings["PORT"], settings["WORKERS"])
    except CannotServeError as error:
        raise click.ClickException(str(error)) from None


@click.command("work")
@click.option("--once", is_flag=True, help="Stop when nothing is due.")
@with_appcontext
def work_command(once: bool) -> None:
    """Deliver mail that is owed and extend the calendar."""
    worker.work(current_app, once=once)


COMMANDS = (
    create_person_command,
    demo_command,
    export_site_command,
    doctor_command,
    extend_calendar_command,
    import_calendar_command,
    import_meetings_command,
    import_spreadsheet_command,
    serve_command,
    work_command,
)


def init_app(app: Flask) -> None:
    """Register the commands."""
    for command in COMMANDS:
        app.cli.add_command(command)
