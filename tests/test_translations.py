"""Every text is in Spanish too, with its placeholders, and Spanish pages are Spanish."""

from __future__ import annotations

import re
import subprocess
import sys
from pathlib import Path

import pytest
from babel.messages.catalog import Catalog
from babel.messages.pofile import read_po
from flask.testing import FlaskClient

ROOT = Path(__file__).resolve().parent.parent
PLACEHOLDER = re.compile(r"%\(\w+\)[sd]")


@pytest.fixture(scope="module")
def spanish() -> Catalog:
    with (ROOT / "translations/es/LC_MESSAGES/messages.po").open("rb") as file:
        return read_po(file, locale="es")


def test_every_text_is_translated(spanish: Catalog, tmp_path: Path) -> None:
    texts = tmp_path / "messages.pot"
    command = ["-q", "extract", "-F", "babel.cfg", "-k", "lazy_gettext", "-o", str(texts), "."]
    script = "import sys; from babel.messages.frontend import main; main()"
    subprocess.run([sys.executable, "-c", script, *command], cwd=ROOT, check=True)
    with texts.open("rb") as file:
        wanted = [message.id for message in read_po(file) if message.id]
    missing = [one for one in wanted if not (found := spanish.get(one)) or not found.string]
    assert not missing, "run bin/translations and translate what is new"


def test_translations_keep_their_placeholders(spanish: Catalog) -> None:
    for message in spanish:
        ids = message.id if isinstance(message.id, tuple) else (message.id,)
        strings = message.string if isinstance(message.string, tuple) else (message.string,)
        if not message.id:
            continue
        assert not message.fuzzy, message.id
        for text in strings:
            assert text, message.id
        wanted, found = PLACEHOLDER.findall(ids[-1]), PLACEHOLDER.findall(strings[-1])
        assert sorted(wanted) == sorted(found), message.id


def test_spanish_pages_are_spanish_and_stay_so(client: FlaskClient) -> None:
    text = client.get("/es/").text
    assert '<html lang="es">' in text
    assert "Encuentra un grupo hoy" in text
    assert "Find a group" not in text
    assert 'href="/es/calendar/"' in text
    assert "domingo" in client.get("/es/calendar/2026/11/29/").text.lower()


def test_people_first_in_every_text(spanish: Catalog) -> None:
    for message in spanish:
        text = f"{message.id} {message.string}".lower()
        for word in ("addict", "alcoholic", "junkie", "adicto", "sucio", "usuario"):
            assert word not in text, message.id
