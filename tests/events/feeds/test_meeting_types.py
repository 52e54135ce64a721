"""Our codes against the specification's own list."""

import json
from pathlib import Path

import pytest

from events.feeds.meeting_types import MEETING_TYPES

SPECIFIED = Path(__file__).parents[4] / "shared/data/meeting-guide-types.json"


def test_every_code_is_one_of_the_specification():
    if not SPECIFIED.exists():
        pytest.skip(f"the specification's list is not here: {SPECIFIED}")
    specified = json.loads(SPECIFIED.read_text())
    assert set(MEETING_TYPES.values()) == set(specified)
