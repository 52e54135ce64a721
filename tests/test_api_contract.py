"""The JSON doors do what their own description says, whatever is sent to them."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta

import pytest
import schemathesis
from flask import Flask
from flask.testing import FlaskClient
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from schemathesis.generation import GenerationMode
from schemathesis.specs.openapi.checks import positive_data_acceptance

from events.models import Visibility
from tests.factory import Factory

SOON = datetime.now(UTC) + timedelta(days=3)
DOORS = (
    ("GET", "/api/v1/occurrences"),
    ("POST", "/api/v1/occurrences/{id}/signups"),
    ("GET", "/feeds/events.json"),
    ("GET", "/feeds/meetings.json"),
)


@pytest.fixture
def program(app: Flask, make: Factory) -> Iterator[Flask]:
    event = make.event("Tuesday Group", venue_id=make.venue(), capacity=3, joining="per-date")
    for week in range(3):
        make.occurrence(event, SOON + timedelta(weeks=week))
    make.occurrence(make.event("Hidden", visibility=Visibility.PRIVATE), SOON)
    return app


def test_the_description_has_every_json_door(client: FlaskClient, program: Flask) -> None:
    described = client.get("/api/v1/openapi.json").json["paths"]
    found = {(verb.upper(), path) for path, verbs in described.items() for verb in verbs}
    assert found == set(DOORS)


@pytest.mark.parametrize("mode", list(GenerationMode), ids=lambda mode: mode.value)
@pytest.mark.parametrize(("method", "path"), DOORS)
def test_every_answer_is_as_described(
    program: Flask, method: str, path: str, mode: GenerationMode
) -> None:
    # That a date is too far away, or full, no schema can say: the well-formed may be refused.
    described = schemathesis.openapi.from_wsgi("/api/v1/openapi.json", program)

    @settings(
        max_examples=40, deadline=None, database=None, suppress_health_check=list(HealthCheck)
    )
    @given(st.data())
    def hold(data: st.DataObject) -> None:
        case = data.draw(described[path][method].as_strategy(generation_mode=mode))
        case.call_and_validate(excluded_checks=[positive_data_acceptance])

    hold()
