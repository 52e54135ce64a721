"""Passcodes are kept and never shown."""

import pytest
from flask import Flask
from sqlalchemy import select

from core.db import db
from events.imports.passcodes import part_link, part_phone, part_text
from events.models import Event
from tests.events.imports.rows import bring_in, row


@pytest.mark.parametrize(
    ("link", "shown"),
    [
        ("https://example.org/j/1?pwd=SECRET", "https://example.org/j/1"),
        ("https://example.org/j/1?a=2&PWD=SECRET#ok", "https://example.org/j/1?a=2#ok"),
        ("https://example.org/j/1#pwd=SECRET", "https://example.org/j/1"),
    ],
)
def test_a_link_loses_its_passcode(link: str, shown: str):
    assert part_link(link) == (shown, link)


def test_a_link_without_one_stays_as_it_is():
    assert part_link("https://example.org/j/1?b=2&a=%20") == (
        "https://example.org/j/1?b=2&a=%20",
        "",
    )


def test_a_phone_keeps_the_number_and_the_meeting():
    assert part_phone("+15555550100,,123#,,,,*999#") == (
        "+15555550100,,123#",
        "+15555550100,,123#,,,,*999#",
    )
    assert part_phone("+15555550100,,123#") == ("+15555550100,,123#", "")


@pytest.mark.parametrize(
    ("text", "shown", "secret"),
    [
        ("Bring a chair\nPasscode: 4242", "Bring a chair", "Passcode: 4242"),
        ("Contraseña:\n4242\nBienvenidos", "Bienvenidos", "Contraseña:\n4242"),
        ("La Clave del Camino", "La Clave del Camino", ""),
        ("pin 12", "", "pin 12"),
        ("A lapel pin is given", "A lapel pin is given", ""),
    ],
)
def test_lines_that_speak_of_a_passcode_are_parted(text: str, shown: str, secret: str):
    assert part_text(text) == (shown, secret)


def test_no_public_page_or_feed_shows_one(app: Flask):
    with app.app_context():
        bring_in(
            row(
                conference_url="https://example.org/j/1?pwd=4242",
                conference_phone="+15555550100,,1#,,,,*4242#",
                conference_url_notes="Passcode 4242",
                notes="Doors open at six.\nPasscode: 4242",
            )
        )
        kept = db.session.scalar(select(Event.online_notes))
        assert kept is not None
        assert kept.count("4242") == 4
    client = app.test_client()
    paths = ("/events/harbor-group/", "/feeds/all.ics", "/feeds/meetings.json")
    for path in (*paths, "/feeds/events.json", "/feeds/events.atom"):
        answer = client.get(path)
        assert answer.status_code == 200, path
        assert "4242" not in answer.text, path
        assert "arbor Group" in answer.text, path
