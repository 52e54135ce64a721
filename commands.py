"""The operator's verbs: `flask …`."""

from __future__ import annotations

import click
from flask import Flask, current_app

import worker
from core import clock, health
from events.horizon import extend_calendar
from people.accounts import create_person
from people.audit import SYSTEM
from people.models import Role
from server import CannotServeError, serve


@click.command("create-person")
@click.option("--name", required=True)
@click.option("--email", required=True)
@click.option("--role", required=True, type=click.Choice([role.value for role in Role]))
@click.option("--password")
def create_person_command(name: str, email: str, role: str, password: str | None) -> None:
    """Make an account."""
    made = create_person(name, email, Role(role), password, by=SYSTEM, now=clock.now())
    if made is None:
        raise click.ClickException(f"{email} has an account already")
    click.echo(f"Made {role} {name}")


@click.command("doctor")
def doctor_command() -> None:
    """Check this installation; a sentence for each fault."""
    faults = health.faults()
    for fault in faults:
        click.echo(fault)
    if faults:
        raise SystemExit(1)
    click.echo("All is well.")


@click.command("extend-calendar")
def extend_calendar_command() -> None:
    """Make the dates of every series up to the horizon."""
    click.echo(f"{extend_calendar(clock.now()):,} dates added")


@click.command("serve")
def serve_command() -> None:
    """Serve the site with the mail worker beside it, until Ctrl-C."""
    settings = current_app.config
    try:
        serve(settings["HOST"], settings["PORT"], settings["WORKERS"])
    except CannotServeError as error:
        raise click.ClickException(str(error)) from None


@click.command("work")
@click.option("--once", is_flag=True, help="Stop when nothing is due.")
def work_command(once: bool) -> None:
    """Deliver mail that is owed and extend the calendar."""
    worker.work(current_app, once=once)


COMMANDS = (
    create_person_command,
    doctor_command,
    extend_calendar_command,
    serve_command,
    work_command,
)


def init_app(app: Flask) -> None:
    """Register the commands."""
    for command in COMMANDS:
        app.cli.add_command(command)
