"""Zones as people say them, in both languages of the pages."""

from __future__ import annotations

import pytest
from flask import Flask

from core.display import zone_words


@pytest.mark.parametrize(
    ("path", "timezone", "words"),
    [
        ("/", "America/Los_Angeles", "Pacific Time"),
        ("/", "America/New_York", "Eastern Time"),
        ("/", "Asia/Kolkata", "India Time"),
        ("/", "UTC", "UTC"),
        ("/", "Etc/GMT+5", "GMT+5"),
        ("/?lang=es", "America/Los_Angeles", "hora del Pacífico"),
        ("/?lang=es", "Europe/London", "hora de Reino Unido"),
        ("/?lang=es", "Asia/Kolkata", "hora de India"),
    ],
)
def test_zones_are_said_in_words(app: Flask, path: str, timezone: str, words: str) -> None:
    with app.test_request_context(path):
        assert zone_words(timezone) == words
