"""The only reader of the wall clock."""

from __future__ import annotations

from datetime import UTC, date, datetime
from zoneinfo import ZoneInfo


def now() -> datetime:
    """The present moment, aware, in UTC."""
    return datetime.now(UTC)


def today(timezone: str) -> date:
    """The present date in the named IANA zone."""
    return now().astimezone(ZoneInfo(timezone)).date()
