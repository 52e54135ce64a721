"""The public pages about what is taught."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from flask import Flask
from flask.testing import FlaskClient

from curriculum.views import hours_in_words
from tests.factory import Factory


def test_a_catalogue_without_courses_leads_to_the_calendar(client: FlaskClient) -> None:
    page = client.get("/curriculum/")
    assert page.status_code == 200
    assert "No courses yet" in page.text
    assert 'href="/calendar/"' in page.text


@pytest.mark.parametrize("count", [1, 3])
def test_the_catalogue_lists_courses_in_one_statement(
    client: FlaskClient, make: Factory, count_queries: Callable[[], object], count: int
) -> None:
    for number in range(count):
        make.course(f"C-{number}", title=f"Course {number}", minutes=90)
    with count_queries() as seen:  # type: ignore[attr-defined]
        page = client.get("/curriculum/")
    assert page.text.count('class="meet"') == count
    assert "1 hour 30 minutes" in page.text
    assert len([one for one in seen if "course" in one]) == 1


def test_a_course_says_what_it_is_for(client: FlaskClient, make: Factory) -> None:
    make.course("RP-1", title="Relapse Prevention", objectives="- Name <three> signs\n\n* Plan")
    page = client.get("/curriculum/courses/RP-1/")
    assert page.status_code == 200
    assert "<li>Name &lt;three&gt; signs</li><li>Plan</li>" in page.text
    assert "6 hours" in page.text


@pytest.mark.parametrize("code", ["nothing", "%00", "x" * 3000, "%ED%A0%80", "a%2Fb"])
def test_an_unknown_course_is_not_found(both_databases: Flask, code: str) -> None:
    Factory(both_databases).course("RP-1")
    assert both_databases.test_client().get(f"/curriculum/courses/{code}/").status_code == 404


@pytest.mark.parametrize("path", ["/curriculum/", "/curriculum/courses/RP-1/"])
def test_the_pages_are_the_same_for_everyone(client: FlaskClient, make: Factory, path: str) -> None:
    make.course("RP-1")
    answer = client.get(path)
    assert answer.headers["Cache-Control"] == "public, max-age=0, must-revalidate"
    assert "Set-Cookie" not in answer.headers


@pytest.mark.parametrize(
    ("minutes", "words"),
    [
        (1, "1 minute"),
        (45, "45 minutes"),
        (60, "1 hour"),
        (121, "2 hours 1 minute"),
        (2400, "40 hours"),
    ],
)
def test_lengths_are_said_as_people_say_them(app: Flask, minutes: int, words: str) -> None:
    with app.test_request_context():
        assert hours_in_words(minutes) == words
