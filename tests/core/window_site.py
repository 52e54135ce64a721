"""A small site of its own behind a front: every kind of response a view may give."""

from __future__ import annotations

import os
import random
import threading
import time
from collections import Counter
from datetime import UTC, datetime, timedelta

from flask import Flask, Response, abort, jsonify, make_response, request
from sqlalchemy import text
from werkzeug.middleware.proxy_fix import ProxyFix

from core import clock, web
from core.db import db, write
from core.window import Edition, touch
from core.window.front import Front, in_front_of

CHANGED = datetime(2026, 11, 1, 12, tzinfo=UTC)
PADDING = "A calm evening by the water. " * 40


def prepare(app: Flask) -> None:
    """Make the tables: the real one of the edition, and a single row of words."""
    with app.app_context(), db.engine.begin() as connection:
        connection.execute(text("CREATE TABLE words (id integer PRIMARY KEY, said text)"))
        connection.execute(text("INSERT INTO words VALUES (1, 'first')"))
        Edition.__table__.create(connection)


def make_app(database_url: str, proxies: int = 0) -> Flask:
    """The site without its front; `app.renders` counts what its views rendered."""
    app = Flask(__name__)
    app.config.update(
        SQLALCHEMY_DATABASE_URI=database_url,
        TIMEZONE="America/Los_Angeles",
        WORKERS=1,
        TRUSTED_PROXIES=proxies,
        MAX_CONTENT_LENGTH=5_000_000,
    )
    if proxies:
        app.wsgi_app = ProxyFix(app.wsgi_app, x_for=proxies, x_proto=proxies, x_host=proxies)
    db.init_app(app)
    app.renders = Counter()  # type: ignore[attr-defined]

    @app.before_request
    def count() -> None:
        app.renders[request.path] += 1  # type: ignore[attr-defined]

    def words() -> str:
        return db.session.execute(text("SELECT said FROM words")).scalar_one()

    def page(body: str | bytes, kind: str = "text/html", until: datetime | None = None) -> Response:
        return web.shown_to_all(Response(body, mimetype=kind), until, known={"kind", "n"})

    @app.get("/page")
    def show_page() -> Response:
        if words() == "crash":
            raise ValueError("as asked")
        return page(f"<p>{words()}</p>{PADDING}{request.args.get('kind', '')}")

    @app.get("/feeds/all.ics")
    def feed() -> Response:
        if words() == "crash":
            raise ValueError("as asked")
        if words() == "gone":
            abort(404)
        response = page(f"BEGIN:VCALENDAR {words()} {PADDING}", "text/calendar")
        response.last_modified = CHANGED
        return response

    @app.get("/feeds/me.ics")
    def own_feed() -> Response:
        response = Response(f"private {words()} {PADDING}", mimetype="text/calendar")
        response.headers["Cache-Control"] = "private, no-cache"
        response.add_etag()
        return response.make_conditional(request)

    @app.get("/slow")
    def slow() -> Response:
        said = words()
        time.sleep(0.3)
        return page(f"{said} {PADDING}")

    app.gate = threading.Event()  # type: ignore[attr-defined]
    app.gate.set()  # type: ignore[attr-defined]

    @app.get("/gated")
    def gated() -> Response:
        app.gate.wait(15)  # type: ignore[attr-defined]
        return page(f"{words()} {PADDING}")

    @app.get("/slow-private")
    def slow_private() -> Response:
        time.sleep(0.1)
        return make_response({"private": True}, {"Cache-Control": "no-store"})

    @app.get("/until")
    def until() -> Response:
        return page(str(clock.now().timestamp()), until=clock.now() + timedelta(seconds=1.2))

    @app.get("/noise")
    def noise() -> Response:
        number = int(request.args["n"])
        return page(random.Random(number).randbytes(50_000), "application/octet-stream")

    @app.get("/seen")
    def seen() -> Response:
        names = ("Cookie", "Accept-Language", "Accept", "X-Forwarded-Host", "Range")
        return page(repr({name: request.headers.get(name) for name in names}) + request.url)

    @app.get("/sets-cookie")
    def sets_cookie() -> Response:
        response = page("public, it says")
        response.set_cookie("groundswell_session", "secret")
        return response

    @app.get("/varies")
    def varies() -> Response:
        response = page(request.headers.get("User-Agent", ""))
        response.vary.add("User-Agent")
        return response

    @app.get("/greeting")
    def greeting() -> Response:
        name = request.cookies.get("groundswell_session", "stranger")
        return page(f"Good evening, {name}. {PADDING}")

    @app.get("/small")
    def small() -> Response:
        return page("ok")

    @app.get("/missing")
    def missing() -> Response:
        response = page("nothing here")
        response.status_code = 404
        return response

    @app.post("/change")
    def change() -> Response:
        with write() as session:
            session.execute(text("UPDATE words SET said = :said"), {"said": request.form["said"]})
            if "quietly" not in request.form:
                touch()
        return Response(status=204)

    @app.post("/length")
    def length() -> Response:
        return jsonify(len(request.get_data()))

    @app.get("/renders")
    def renders() -> Response:
        return make_response(dict(app.renders), {"Cache-Control": "no-store"})  # type: ignore[attr-defined]

    @app.get("/pid")
    def pid() -> Response:
        return make_response(str(os.getpid()), {"Cache-Control": "no-store"})

    return app


def fronted(app: Flask) -> Front:
    """A front for the site."""
    with app.app_context():
        return in_front_of(app, db.engine, app.config)


if "WINDOW_SITE" in os.environ:  # what granian loads
    application = fronted(
        make_app(os.environ["DATABASE_URL"], int(os.environ.get("TRUSTED_PROXIES", "0")))
    )
