"""Every setting: its name, default and meaning. Each is an environment variable of that name."""

from __future__ import annotations

import os
import secrets
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from click import ClickException

from events.holiday_calendars import calendar_is_known

ROOT = Path(__file__).resolve().parent


@dataclass(frozen=True)
class Setting:
    """One setting; an empty default means that it is worked out or off."""

    name: str
    default: str
    meaning: str


SETTINGS = (
    Setting("DATABASE_URL", "", "where the data is; SQLite under instance/ unless set"),
    Setting("SECRET_KEY", "", "signs sessions; made and kept in instance/, given in production"),
    Setting("SITE_NAME", "Groundswell", "the program's name on every page"),
    Setting("SITE_URL", "", "the site's address as others see it, for links in mail and feeds"),
    Setting("TIMEZONE", "America/Los_Angeles", "the program's IANA time zone"),
    Setting("HOST", "127.0.0.1", "the address to listen on"),
    Setting("PORT", "8000", "the port to listen on"),
    Setting("WORKERS", "1", "server processes"),
    Setting("MAIL_URL", "", "smtp://user:pass@host:port; unset writes to instance/mail/"),
    Setting("MAIL_FROM", "", "the sender's address; notices@ the site's host unless set"),
    Setting("MAIL_NAME", "Appointments", "the sender's name on mail; it should give nothing away"),
    Setting("REDIS_URL", "", "rate limits that several hosts share"),
    Setting("GROUNDSWELL_ENV", "development", "development, production or test"),
    Setting("TRUSTED_PROXIES", "0", "how many proxies in front may set X-Forwarded-*"),
    Setting("RATE_LIMITS", "on", "off for load tests; refused in production"),
    Setting(
        "HOLIDAYS",
        "US",
        "calendars of public holidays to choose from, the first is the program's: US-CA,US,MX",
    ),
    Setting("DOUBLE_BOOKING", "warn", "rooms and facilitators booked twice: warn, or block"),
    Setting(
        "HELP_LINES",
        "988 Suicide & Crisis Lifeline|988;SAMHSA National Helpline|1-800-662-4357",
        "lines to call in a crisis: name|number, separated by semicolons",
    ),
)


class BadSettingsError(ClickException):
    """A setting cannot be used; the message says which and what to do."""


def _secret_key(instance: Path, environment: str) -> str:
    if environment == "production":
        raise BadSettingsError(
            "SECRET_KEY is not set: production needs one of at least 32 characters"
        )
    kept = instance / "secret-key"
    if not kept.exists():
        fresh = instance / f"secret-key.{secrets.token_hex(4)}"
        fresh.write_text(secrets.token_urlsafe(48))
        fresh.chmod(0o600)
        try:
            os.link(fresh, kept)  # whoever comes first keeps theirs, also between processes
        except FileExistsError:
            pass
        finally:
            fresh.unlink()
    return kept.read_text().strip()


def _database_url(given: str, instance: Path) -> str:
    if not given:
        return f"sqlite:///{instance / 'groundswell.db'}"
    for scheme in ("postgres://", "postgresql://"):
        if given.startswith(scheme):
            return "postgresql+psycopg://" + given.removeprefix(scheme)
    return given


def _number(values: Mapping[str, str], name: str) -> int:
    try:
        return int(values[name])
    except ValueError:
        raise BadSettingsError(f"{name} is not a whole number: {values[name]!r}") from None


def _help_lines(text: str) -> list[dict[str, str]]:
    lines = [line.split("|", 1) for line in text.split(";") if "|" in line]
    return [
        {
            "name": name.strip(),
            "number": number.strip(),
            "tel": "".join(sign for sign in number if sign.isdigit() or sign == "+"),
        }
        for name, number in lines
    ]


def _holiday_calendars(text: str) -> list[str]:
    found = [one.strip() for one in text.split(",") if one.strip()]
    for one in found:
        if not calendar_is_known(one):
            raise BadSettingsError(
                f"HOLIDAYS names {one!r}, which is no calendar of holidays: use US, US-CA, MX, …"
            )
    return found


def load(overrides: Mapping[str, str] | None = None) -> dict[str, object]:
    """Flask's configuration from the environment, with `overrides` before it.

    Raises:
        BadSettingsError: a value cannot be used.
    """
    values = {s.name: os.environ.get(s.name) or s.default for s in SETTINGS}
    values.update(overrides or {})
    environment = values["GROUNDSWELL_ENV"]
    if environment not in {"development", "production", "test"}:
        raise BadSettingsError(
            f"GROUNDSWELL_ENV is {environment!r}: use development, production or test"
        )
    if values["DOUBLE_BOOKING"] not in {"warn", "block"}:
        raise BadSettingsError(f"DOUBLE_BOOKING is {values['DOUBLE_BOOKING']!r}: use warn or block")
    if environment == "production" and values["RATE_LIMITS"] == "off":
        raise BadSettingsError("RATE_LIMITS=off is refused in production")
    try:
        ZoneInfo(values["TIMEZONE"])
    except (ZoneInfoNotFoundError, ValueError):
        raise BadSettingsError(
            f"TIMEZONE is {values['TIMEZONE']!r}, not an IANA time zone"
        ) from None
    instance = ROOT / "instance"
    instance.mkdir(exist_ok=True)
    port = _number(values, "PORT")
    site_url = values["SITE_URL"].rstrip("/") or f"http://{values['HOST']}:{port}"
    host = site_url.split("://", 1)[-1].split(":")[0].split("/")[0]
    return {
        **values,
        "PORT": port,
        "WORKERS": _number(values, "WORKERS"),
        "TRUSTED_PROXIES": _number(values, "TRUSTED_PROXIES"),
        "SITE_URL": site_url,
        "MAIL_FROM": values["MAIL_FROM"] or f"notices@{host}",
        "MAIL_FOLDER": str(instance / "mail"),
        "HOLIDAYS": _holiday_calendars(values["HOLIDAYS"]),
        "HELP_LINES": _help_lines(values["HELP_LINES"]),
        "SECRET_KEY": values["SECRET_KEY"] or _secret_key(instance, environment),
        "SQLALCHEMY_DATABASE_URI": _database_url(values["DATABASE_URL"], instance),
        "SQLALCHEMY_ENGINE_OPTIONS": {"pool_size": 16, "max_overflow": 16},
        "SESSION_COOKIE_NAME": "groundswell_session",
        "SESSION_COOKIE_PATH": "/",
        "SESSION_COOKIE_SAMESITE": "Lax",
        "SESSION_COOKIE_SECURE": environment == "production",
        "MAX_CONTENT_LENGTH": 5_000_000,
        "MAX_FORM_MEMORY_SIZE": 1_000_000,
        "TRUSTED_HOSTS": [host, "localhost", "127.0.0.1"] if environment == "production" else None,
        "TESTING": environment == "test",
    }
