"""Answers for machines: is the process up, is it ready, what does it count."""

from __future__ import annotations

from datetime import datetime, timedelta
from ipaddress import ip_address

from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory
from flask import Blueprint, Response, abort, current_app, jsonify, request
from flask.typing import ResponseReturnValue
from prometheus_client import CONTENT_TYPE_LATEST, generate_latest
from sqlalchemy import select
from sqlalchemy.exc import SQLAlchemyError
from sqlalchemy.orm import Mapped, mapped_column

from core import clock
from core.db import Model, UTCDateTime, db

WORKER_LATE = timedelta(minutes=5)
bp = Blueprint("health", __name__)


class WorkerSeen(Model):
    """When the worker last showed itself."""

    __tablename__ = "worker_seen"

    id: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    at: Mapped[datetime] = mapped_column(UTCDateTime)


def faults() -> list[str]:
    """What keeps this installation from working, a sentence each; empty when all is well."""
    try:
        with db.engine.connect() as connection:
            current = MigrationContext.configure(connection).get_current_revision()
            seen = connection.scalar(select(WorkerSeen.at)) if current else None
    except SQLAlchemyError:
        return ["The database cannot be reached: check DATABASE_URL."]
    folder = current_app.extensions["migrate"].directory
    found = []
    if current != ScriptDirectory(folder).get_current_head():
        found.append("The database is behind the program: run `flask db upgrade`.")
    if seen is None or clock.now() - seen > WORKER_LATE:
        found.append("The mail worker has not been seen in five minutes: run `flask work`.")
    return found


def _open(view: object) -> None:
    view.access = "public"  # type: ignore[attr-defined]


@bp.get("/healthz")
def healthz() -> ResponseReturnValue:
    """The process is up."""
    return Response("ok\n", mimetype="text/plain")


@bp.get("/readyz")
def readyz() -> ResponseReturnValue:
    """Database reachable, migrations current, worker seen: 200, else 503 with the faults."""
    found = faults()
    return jsonify(ready=not found, faults=found), 503 if found else 200


@bp.get("/metrics")
def metrics() -> ResponseReturnValue:
    """Prometheus counters, for this machine only."""
    if not ip_address(request.remote_addr or "0.0.0.0").is_loopback:  # noqa: S104
        abort(404)
    return Response(generate_latest(), content_type=CONTENT_TYPE_LATEST)


for _view in (healthz, readyz, metrics):
    _open(_view)
