"""Rate limits, in memory or shared over Redis."""

from __future__ import annotations

from flask import Flask
from flask_limiter import Limiter
from flask_limiter.util import get_remote_address

limiter = Limiter(get_remote_address, headers_enabled=False)


def init_app(app: Flask) -> None:
    """Set the limiter up from REDIS_URL and RATE_LIMITS."""
    app.config["RATELIMIT_STORAGE_URI"] = app.config["REDIS_URL"] or "memory://"
    app.config["RATELIMIT_ENABLED"] = app.config["RATE_LIMITS"] != "off"
    app.config["RATELIMIT_IN_MEMORY_FALLBACK_ENABLED"] = bool(app.config["REDIS_URL"])
    limiter.init_app(app)
