"""`flask import-meetings`, and the real lists where they are at hand."""

import json
from pathlib import Path

import pytest
from flask import Flask
from sqlalchemy import func, select

from core.db import db
from events.models import Event, Venue
from tests.events.imports.rows import row

LISTS = Path(__file__).parents[4] / "shared" / "data"


@pytest.fixture
def lists() -> Path:
    if not LISTS.exists():
        pytest.skip(f"the real lists are not here: {LISTS}")
    return LISTS


def run(app: Flask, *arguments: str | Path):
    with app.app_context():  # as the `flask` command gives it
        return app.test_cli_runner().invoke(args=["import-meetings", *map(str, arguments)])


def events(app: Flask) -> int:
    with app.app_context():
        return db.session.scalar(select(func.count()).select_from(Event)) or 0


def test_problems_a_line_each_then_the_count(app: Flask, tmp_path: Path):
    file = tmp_path / "list.json"
    file.write_text(json.dumps([row(), row(slug="b", end_time="25:99")]))
    answer = run(app, file)
    assert answer.exit_code == 1
    assert "row 2: end_time '25:99' is not a time\n" in answer.output
    assert "1 added, 0 changed, 0 unchanged, 1 refused\n" in answer.output
    assert events(app) == 0
    assert run(app, file, "--partial").exit_code == 0
    assert events(app) == 1


def test_a_dry_run_changes_nothing(app: Flask, tmp_path: Path):
    file = tmp_path / "list.json"
    file.write_text(json.dumps([row()]))
    assert run(app, file, "--dry-run").exit_code == 0
    assert events(app) == 0


@pytest.mark.parametrize("content", ['[{"name": "Harbor', "<html>", "", "[] x"])
def test_an_unusable_file_is_one_sentence(app: Flask, tmp_path: Path, content: str):
    file = tmp_path / "list.json"
    file.write_text(content)
    answer = run(app, file)
    assert answer.exit_code == 1
    assert answer.output.startswith("Error: list.json: ")
    assert answer.output.count("\n") == 1


def test_a_whole_county(app: Flask, lists: Path):
    file = lists / "orange-county-2023.json"
    assert "1,967 added, 0 changed, 0 unchanged, 0 refused" in run(app, file).output
    assert "0 added, 0 changed, 1,967 unchanged, 0 refused" in run(app, file).output
    with app.app_context():
        assert db.session.scalar(select(func.count()).select_from(Venue)) == 318
        by_city = select(func.count()).select_from(Event).join(Venue)
        assert db.session.scalar(by_city.where(Venue.city == "Huntington Beach")) == 154


@pytest.mark.parametrize(
    ("name", "count"), [("al-anon-2023.json", "360 added"), ("tsml-template.csv", "36 added")]
)
def test_other_real_lists(app: Flask, lists: Path, name: str, count: str):
    answer = run(app, lists / name)
    assert (answer.exit_code, count in answer.output) == (0, True)


def test_quirks(app: Flask, lists: Path):
    assert "row 9: " in run(app, lists / "quirk-times.json").output
    assert run(app, lists / "quirk-invalid.json.txt").exit_code == 1
    assert events(app) == 0
