"""`flask import-meetings`, and the real lists where they are at hand."""

import json
import re
from collections import Counter
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import func, select

from core.db import db
from events.feeds.meeting_types import MEETING_TYPES
from events.models import Event, Venue
from tests.events.imports.rows import row

LISTS = Path(__file__).parents[4] / "shared" / "data"
TYPES = frozenset({*MEETING_TYPES.values(), "ONL", "TC"})


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
    comes_back_as_it_went_in(json.loads(file.read_text()), app.test_client())


def is_valid_by_the_spec(meeting: dict[str, Any]) -> None:
    """What github.com/code4recovery/spec asks of a meeting in schema/meeting.schema.json and its
    README; its pattern for addresses is left out, which most real addresses break."""
    assert 0 < len(meeting["name"]) <= 255
    assert re.fullmatch(r"[\w-]{1,64}", meeting["slug"])
    days = meeting["day"] if isinstance(meeting["day"], list) else [meeting["day"]]
    assert days and all(0 <= day <= 6 for day in days)
    for name, pattern in {
        "time": r"([01]\d|2[0-3]):[0-5]\d",
        "end_time": r"([01]\d|2[0-3]):[0-5]\d",
        "updated": r"\d{4}-\d\d-\d\d \d\d:\d\d:\d\d",
        "approximate": "yes|no",
        "url": r"https?://\S+",
        "conference_url": r"https?://\S+",
        "conference_phone": r"\+?\d{1,15}([,*#]+\d+)*#?",
        "entity_website_url": r"https?://\S+",
    }.items():
        assert name not in meeting or re.fullmatch(pattern, meeting[name]), (name, meeting)
    assert ZoneInfo(meeting["timezone"])
    assert meeting.get("formatted_address") or meeting.get("conference_url")
    assert set(meeting["types"]) <= TYPES


def comes_back_as_it_went_in(given: list[dict[str, Any]], client: FlaskClient) -> None:
    """The list as meeting finders get it from us, compared with the list we got, field by field.

    What differs, and how often, is all there is: the city of the address where the list has
    another region, the language that a meeting without one is in, a name for a place without one,
    slugs of more than 64 letters, and the notes of a group after those of its meeting.
    """
    answer = client.get("/feeds/meetings.json")
    listed = {one["slug"]: one for one in answer.json or ()}
    for one in listed.values():
        is_valid_by_the_spec(one)
    assert (len(listed), answer.headers["X-Left-Out"]) == (1_964, "3")  # inactive, or without a day
    same = ("day", "time", "end_time", "conference_url", "conference_phone", "attendance_option")
    same += ("formatted_address", "approximate")
    differing: Counter[str] = Counter()
    for before in given:
        after = listed.get(before["slug"])
        if after is None:
            differing["slug"] += 1
            continue
        for name in same:
            assert (after.get(name) or 0) == (before.get(name) or 0), (name, before, after)
        for name in ("latitude", "longitude"):
            assert after[name] == pytest.approx(float(before[name]), abs=1e-5)
        assert " ".join(before["name"].split()) == after["name"]
        region = (before.get("region") or "").casefold()
        differing["region"] += after.get("region", "").casefold() != region
        assert set(after["types"]) - set(before.get("types", ())) <= {"EN"}
        assert set(before.get("types", ())) <= set(after["types"])
        notes, said = (before.get("notes") or "").split(), after.get("notes", "").split()
        assert said[: len(notes)] == notes
        differing["group notes"] += said != notes
        differing["language"] += set(after["types"]) != set(before.get("types", ()))
        differing["location"] += after.get("location") != before.get("location")
    assert differing == {
        "slug": 10,
        "region": 92,
        "language": 1_119,
        "location": 9,
        "group notes": 1,
    }


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
