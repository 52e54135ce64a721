"""Walks share one server: each begins with a database of its own on it."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.live import SharedSite


@pytest.fixture
def sqlite_url(shared_site: SharedSite, migrated_sqlite: Path) -> str:
    """The served database, emptied."""
    shared_site.start_over(migrated_sqlite)
    return shared_site.database_url


@pytest.fixture
def demo_site(sqlite_url: str, shared_site: SharedSite, demo_sqlite: Path) -> str:
    """The demo program, served."""
    shared_site.start_over(demo_sqlite)
    return shared_site.url
