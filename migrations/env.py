"""How Alembic reaches the application's database; run through `flask db`.

On SQLite a batch operation makes a table anew and drops the old one, which would fire every
ON DELETE rule: foreign keys are off while migrations run and checked afterwards.
"""

from __future__ import annotations

from alembic import context
from flask import current_app
from sqlalchemy import Connection

from core.db import UTCDateTime

migrate = current_app.extensions["migrate"]
database = migrate.db


def foreign_keys(connection: Connection, on: bool) -> None:
    """Switch SQLite's checks; the pragma is ignored inside a transaction, so go around it."""
    if connection.dialect.name == "sqlite":
        raw = connection.connection.dbapi_connection
        if on:
            broken = raw.execute("PRAGMA foreign_key_check").fetchall()
            if broken:
                raise RuntimeError(f"the migration broke {len(broken)} references")
        raw.execute(f"PRAGMA foreign_keys={'ON' if on else 'OFF'}")


def plain_types(kind: str, value: object, _context: object) -> str | bool:
    """Migrations name the database's own types, not ours, so that they never change meaning."""
    if kind == "type" and isinstance(value, UTCDateTime):
        return "sa.DateTime(timezone=True)"
    return False


def run() -> None:
    """Apply the migrations in one transaction."""
    with database.engine.connect() as connection:
        foreign_keys(connection, on=False)
        context.configure(
            connection=connection,
            target_metadata=database.metadata,
            render_item=plain_types,
            **migrate.configure_args,
        )
        with context.begin_transaction():
            context.run_migrations()
        connection.commit()
        foreign_keys(connection, on=True)


run()
