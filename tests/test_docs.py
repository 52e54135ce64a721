"""The documents tell the truth: settings, commands and permissions are there, links lead on."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from commands import COMMANDS
from config import SETTINGS
from people.access import PERMISSIONS, Permission
from people.models import Role

ROOT = Path(__file__).resolve().parent.parent
PAGES = [ROOT / "README.md", ROOT / "CHANGELOG.md", *sorted((ROOT / "docs").rglob("*.md"))]
LINK = re.compile(r"\]\(([^)#]+)[^)]*\)")


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)
def test_every_link_and_picture_is_there(page: Path) -> None:
    for target in LINK.findall(page.read_text()):
        if not target.startswith(("http:", "https:")):
            assert (page.parent / target).exists(), f"{page.name} points to {target}"


def test_every_setting_has_its_line() -> None:
    text = (ROOT / "docs" / "settings.md").read_text()
    for setting in SETTINGS:
        assert f"| `{setting.name}` |" in text
        assert setting.meaning.replace("|", "\\|") in text


def test_every_command_is_described() -> None:
    text = (ROOT / "docs" / "commands.md").read_text()
    for command in COMMANDS:
        assert f"| `{command.name}" in text, command.name


def test_the_table_of_permissions_is_the_code_s() -> None:
    text = (ROOT / "docs" / "commands.md").read_text()
    for permission in Permission:
        [line] = [one for one in text.splitlines() if one.startswith(f"| `{permission.value}`")]
        granted = [cell.strip() == "yes" for cell in line.split("|")[2:-1]]
        assert granted == [permission in PERMISSIONS[role] for role in Role], permission


def test_every_decision_is_short() -> None:
    for record in (ROOT / "docs" / "decisions").glob("*.md"):
        assert len(record.read_text().splitlines()) <= 40, record.name
