"""The operator's verbs: `flask …`."""

from __future__ import annotations

import click
from flask import Flask

from core import clock, health
from people.accounts import create_person
from people.audit import SYSTEM
from people.models import Role


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


def init_app(app: Flask) -> None:
    """Register the commands."""
    for command in (create_person_command, doctor_command):
        app.cli.add_command(command)
