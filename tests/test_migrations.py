"""The migrations make the tables the models describe, on both databases."""

from __future__ import annotations

from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from flask import Flask
from flask_migrate import downgrade, upgrade
from sqlalchemy import inspect, text

from core.db import db
from tests.factory import Factory


def test_models_and_migrations_agree(both_databases: Flask) -> None:
    with both_databases.app_context(), db.engine.connect() as connection:
        context = MigrationContext.configure(connection, opts={"compare_type": True})
        assert compare_metadata(context, db.metadata) == []


def test_every_check_of_the_models_is_in_the_database(both_databases: Flask) -> None:
    with both_databases.app_context():
        inspector = inspect(db.engine)
        for table in db.metadata.tables.values():
            wanted = {
                str(one.name)
                for one in table.constraints
                if one.__visit_name__ == "check_constraint"
            }
            found = {one["name"] for one in inspector.get_check_constraints(table.name)}
            assert wanted <= found, table.name


def test_a_filled_database_can_go_down_and_up_again(both_databases: Flask) -> None:
    make = Factory(both_databases)
    make.signup(make.occurrence(make.event()))
    with both_databases.app_context():
        downgrade(revision="base")
        upgrade()
        assert db.session.scalar(text("SELECT count(*) FROM signup")) == 0
