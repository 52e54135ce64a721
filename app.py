"""The only file that knows every room: it puts them together into one application."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, cast

from flask import Flask, current_app, render_template, request
from flask.typing import ResponseReturnValue
from flask_babel import Babel
from flask_babel import gettext as _
from flask_login import LoginManager
from flask_migrate import Migrate
from werkzeug.exceptions import HTTPException
from werkzeug.middleware.proxy_fix import ProxyFix

import commands
import config
import curriculum.views
import people.views
import people.words
from core import display, health, limits, web
from core.db import db
from events.views import BLUEPRINTS
from events.views.problems import problem
from people.access import current_person, doors, ending_access, today
from people.accounts import load_account
from people.models import Account


class Application(Flask):
    """Flask, but what it logs opens nothing."""

    def log_exception(self, exc_info: Any) -> None:
        """Log a fault by its address without the secret in it."""
        self.logger.error(
            "Exception on %s [%s]", web.path_for_logs(), request.method, exc_info=exc_info
        )


login = LoginManager()
babel = Babel()
migrate = Migrate()


@login.user_loader  # type: ignore[untyped-decorator]
def _load_account(session_key: str) -> Account | None:
    return load_account(session_key, today())


def _error_words(code: int) -> tuple[str, str]:
    return {
        400: (_("We could not read that"), _("Please go back and try again.")),
        401: (_("Please sign in"), _("This page is for people who have signed in.")),
        403: (_("Not open to you"), _("Your account does not include this page.")),
        404: (_("Page not found"), _("The address may have changed, or the date is out of range.")),
        405: (_("That does not work here"), _("Please go back and use the buttons on the page.")),
        413: (
            _("That was too large"),
            _(
                "Please send less text or a smaller file: at most %(most)s MB.",
                most=current_app.config["MAX_CONTENT_LENGTH"] // 1_000_000,
            ),
        ),
        429: (_("Too many tries"), _("Please wait a minute and try again.")),
        503: (_("A moment, please"), _("The site is busy. Please try again in a minute.")),
    }.get(
        code, (_("Something went wrong on our side"), _("Nothing was lost. Please try again soon."))
    )


def _show_error(error: HTTPException) -> ResponseReturnValue:
    if error.response is not None:  # a view said what to show, such as its form filled in
        return cast(ResponseReturnValue, error.response)
    code = error.code or 500
    allow = {"Allow": ", ".join(sorted(getattr(error, "valid_methods", None) or ()))}
    headers = allow if code == 405 else {}
    if request.path.startswith("/api/"):
        response = problem(code, _error_words(code)[1])
        response.headers.update(headers)
        return response
    title, words = _error_words(code)
    page = render_template("errors/error.html", code=code, title=title, explanation=words)
    return page, code, headers


def _words_of_site(app: Flask) -> dict[str, object]:
    return {
        "site_name": app.config["SITE_NAME"],
        "help_lines": app.config["HELP_LINES"],
        "lang": web.language(),
    }


def _stay_cacheable(app: Flask) -> None:
    """Flask-Login asks for the session after every response, which would add `Vary: Cookie`."""
    hooks = app.after_request_funcs[None]
    hooks[:] = [hook for hook in hooks if hook.__name__ != "_update_remember_cookie"]


def create_app(settings: Mapping[str, str] | None = None) -> Flask:
    """A configured application.

    Raises:
        config.BadSettingsError: a setting cannot be used.
    """
    app = Application(__name__)
    app.config.from_mapping(config.load(settings))
    if proxies := app.config["TRUSTED_PROXIES"]:
        app.wsgi_app = ProxyFix(  # type: ignore[method-assign]
            app.wsgi_app, x_for=proxies, x_proto=proxies, x_host=proxies
        )
    app.jinja_env.trim_blocks = app.jinja_env.lstrip_blocks = True
    db.init_app(app)
    migrate.init_app(app, db, render_as_batch=True)
    login.init_app(app, add_context_processor=False)
    _stay_cacheable(app)
    babel.init_app(app, locale_selector=web.language, default_timezone=app.config["TIMEZONE"])
    web.init_app(app)
    display.init_app(app)
    limits.init_app(app)
    app.register_blueprint(health.bp)
    app.register_blueprint(people.views.bp)
    app.register_blueprint(curriculum.views.bp)
    for blueprint in BLUEPRINTS:
        app.register_blueprint(blueprint)
    app.register_error_handler(HTTPException, _show_error)
    app.context_processor(lambda: _words_of_site(app))
    app.jinja_env.globals.update(
        person_here=current_person,
        doors=doors,
        ending_access=ending_access,
        role_word=people.words.role,
        copy_of=lambda: app.config.get("COPY_OF", ""),
    )
    commands.init_app(app)
    return app
