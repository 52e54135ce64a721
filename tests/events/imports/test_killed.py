"""An import whose process is killed midway leaves nothing behind, and is done again."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import time
from datetime import UTC, datetime
from pathlib import Path

from flask import Flask
from sqlalchemy import func, select

from core.db import db
from events.imports import uploads
from events.models import Event, Occurrence, Upload
from people.audit import SYSTEM
from tests.events.imports.rows import PACIFIC, row
from tests.live import DEFAULTS

MANY = 1_200
ROOT = Path(__file__).resolve().parents[3]


def counts() -> tuple[int, int]:
    events = db.session.scalar(select(func.count()).select_from(Event)) or 0
    dates = db.session.scalar(select(func.count()).select_from(Occurrence)) or 0
    db.session.rollback()
    return events, dates


def worker(url: str, *more: str) -> subprocess.Popen[bytes]:
    surroundings = {name: os.environ[name] for name in ("PATH", "HOME") if name in os.environ}
    return subprocess.Popen(
        [sys.executable, "-m", "flask", "work", *more],
        cwd=ROOT,
        env=surroundings | DEFAULTS | {"DATABASE_URL": url},
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )


def wait_until_writing(file: Path, process: subprocess.Popen[bytes]) -> None:
    """Until the transaction has spilled pages of its many dates."""
    wal = file.with_name(file.name + "-wal")
    before = wal.stat().st_size if wal.exists() else 0
    limit = time.monotonic() + 60
    while time.monotonic() < limit:
        assert process.poll() is None, "it was done before it could be killed"
        if wal.exists() and wal.stat().st_size > before + 3_000_000:
            return
        time.sleep(0.01)
    raise AssertionError("it never began to write")


def test_a_kill_in_the_middle_leaves_nothing_and_the_next_worker_does_it_all(
    app: Flask, sqlite_url: str
) -> None:
    file = Path(sqlite_url.removeprefix("sqlite:///"))
    now = datetime.now(UTC)
    rows = json.dumps([row(slug=f"group-{number}") for number in range(MANY)]).encode()
    with app.app_context():
        token = uploads.keep_upload(
            uploads.FileGiven("list.json", rows, PACIFIC), by=SYSTEM, now=now
        )
        uploads.plan_upload(token, by=SYSTEM, now=now)
        assert uploads.ask_to_apply(token, partial=False, by=SYSTEM, now=now) is False
        db.session.remove()
        process = worker(sqlite_url)
        wait_until_writing(file, process)
        process.send_signal(signal.SIGKILL)
        process.wait()
        assert counts() == (0, 0)
        assert db.session.scalar(select(Upload.applied_at)) is None
        db.session.remove()
        assert worker(sqlite_url, "--once").wait(timeout=120) == 0
        events, dates = counts()
        assert events == MANY
        assert dates > MANY * 70
        assert db.session.scalar(select(Upload.applied_at)) is not None
