"""Public holidays by calendar: `US`, `US-CA`, `MX`, … as the `holidays` library knows them."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from functools import lru_cache

import holidays

LANGUAGE = "en_US"


@lru_cache(maxsize=256)
def _of_year(calendar: str, year: int) -> Mapping[date, str]:
    country, _dash, part = calendar.partition("-")
    found = holidays.country_holidays(
        country, subdiv=part or None, years=year, observed=False, language=LANGUAGE
    )
    return dict(found.items())


def holidays_between(calendar: str, first: date, last: date) -> dict[date, str]:
    """The holidays of a calendar, by day, for the years from `first` to `last`; none of an empty
    calendar. Days on which a holiday is merely observed do not count.

    Raises:
        NotImplementedError: there is no such calendar.
    """
    found: dict[date, str] = {}
    if calendar:
        for year in range(first.year, last.year + 1):
            found.update(_of_year(calendar, year))
    return found


def calendar_is_known(calendar: str) -> bool:
    """Whether there is such a calendar."""
    country, _dash, part = calendar.partition("-")
    parts = holidays.list_supported_countries(include_aliases=False).get(country)
    return parts is not None and (not part or part in parts)
