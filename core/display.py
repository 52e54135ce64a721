"""Template filters: dates and times in words, in the page's language."""

from __future__ import annotations

from datetime import UTC, date, datetime, time
from functools import lru_cache
from zoneinfo import ZoneInfo

from babel.dates import format_date, format_datetime, get_timezone_name
from babel.dates import format_time as babel_time
from flask import Flask
from flask_babel import get_locale

from core.qr import qr_svg


def _locale() -> str:
    locale = get_locale()
    return "es_MX" if locale is not None and locale.language == "es" else "en_US"


@lru_cache(maxsize=4096)
def _clock(hour: int, minute: int, locale: str) -> str:
    if locale.startswith("es"):
        return f"{hour:02d}:{minute:02d}"
    return str(babel_time(time(hour, minute), "h:mm a", locale=locale)).lower()


@lru_cache(maxsize=8192)
def _date(day: date, pattern: str, locale: str) -> str:
    words = str(format_date(day, pattern, locale=locale))
    return words[0].upper() + words[1:]


def local(moment: datetime, timezone: str) -> datetime:
    """A moment on the wall clock of a zone."""
    return moment.astimezone(ZoneInfo(timezone))


def start_of_day(day: date, timezone: str) -> datetime:
    """When a local date begins in a zone, in UTC."""
    return datetime.combine(day, time(0), ZoneInfo(timezone)).astimezone(UTC)


def clock(moment: datetime | time) -> str:
    """`7:30 pm` in English, `19:30` in Spanish; the moment must already be local."""
    return _clock(moment.hour, moment.minute, _locale())


def long_date(day: date) -> str:
    """`Monday, November 23, 2026`."""
    return _date(day, "full", _locale())


def day_and_month(day: date) -> str:
    """`Monday, November 23`."""
    locale = _locale()
    pattern = "EEEE d 'de' MMMM" if locale.startswith("es") else "EEEE, MMMM d"
    return _date(day, pattern, locale)


def short_day(day: date) -> str:
    """`Mon 23 Nov`, for narrow places."""
    locale = _locale()
    return _date(day, "EEE d MMM" if locale.startswith("es") else "EEE, MMM d", locale)


def month_name(day: date) -> str:
    """`November 2026`."""
    return _date(day, "LLLL y", _locale())


def month_only(day: date) -> str:
    """`November`."""
    return _date(day, "LLLL", _locale())


def date_in_year(day: date) -> str:
    """`November 23`."""
    locale = _locale()
    return _date(day, "d 'de' MMMM" if locale.startswith("es") else "MMMM d", locale)


def weekday_name(day: date, width: str = "EEEE") -> str:
    """`Monday`; width `EEE` gives `Mon`."""
    return _date(day, width, _locale())


def in_sentence(words: str) -> str:
    """A day's name as it stands inside a sentence: Spanish writes it small."""
    return words[0].lower() + words[1:] if _locale().startswith("es") else words


def zone_name(moment: datetime, timezone: str) -> str:
    """`Pacific Time`-style short name of a zone at a moment, such as `PST`."""
    return str(format_datetime(local(moment, timezone), "z", locale="en_US"))


@lru_cache(maxsize=256)
def _zone(timezone: str, locale: str) -> str:
    if "/" not in timezone or timezone.startswith("Etc/"):
        return timezone.removeprefix("Etc/")
    return str(
        get_timezone_name(ZoneInfo(timezone), width="long", zone_variant="generic", locale=locale)
    )


def zone_words(timezone: str) -> str:
    """A zone as people say it, summer and winter: `Pacific Time`, `hora del Pacífico`."""
    return _zone(timezone, "es" if _locale().startswith("es") else "en_US")


def init_app(app: Flask) -> None:
    """Register the filters, and the function that draws QR codes."""
    app.jinja_env.globals["qr_svg"] = qr_svg
    for name in (
        local,
        clock,
        long_date,
        day_and_month,
        short_day,
        month_name,
        weekday_name,
        in_sentence,
        zone_name,
        zone_words,
    ):
        app.jinja_env.filters[name.__name__] = name
