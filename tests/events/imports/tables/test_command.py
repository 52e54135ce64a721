"""`flask import-spreadsheet`."""

from pathlib import Path

import pytest
from flask import Flask
from sqlalchemy import select

from core.db import db
from events.models import Event
from tests.events.imports.tables.sheets import sheet

GOOD = "Harbor Group,Tuesday,,18:30,20:00,Hall"


def run(app: Flask, *arguments: str | Path):
    with app.app_context():
        return app.test_cli_runner().invoke(args=["import-spreadsheet", *map(str, arguments)])


def titles(app: Flask) -> list[str]:
    with app.app_context():
        return list(db.session.scalars(select(Event.title)))


def test_faults_by_row_then_all_or_the_good_ones(app: Flask, tmp_path: Path):
    file = tmp_path / "spring.csv"
    file.write_bytes(sheet(GOOD, GOOD.replace("20:00", "25:99").replace("Harbor", "Pier")))
    answer = run(app, file)
    assert answer.exit_code == 1
    assert "row 3: End '25:99' is not a time" in answer.output
    assert titles(app) == []
    assert run(app, file, "--dry-run", "--partial").exit_code == 0
    assert titles(app) == []
    assert run(app, file, "--partial", "--kind", "workshop").exit_code == 0
    assert titles(app) == ["Harbor Group"]


@pytest.mark.parametrize("content", [b"", b"PK broken", b"Title\n"])
def test_an_unusable_file_is_one_sentence(app: Flask, tmp_path: Path, content: bytes):
    file = tmp_path / "spring.xlsx"
    file.write_bytes(content)
    answer = run(app, file)
    assert answer.exit_code == 1
    assert answer.output.startswith("Error: spring.xlsx: ")
    assert "Traceback" not in answer.output
