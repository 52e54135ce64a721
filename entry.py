"""The object a web server runs.

`granian --interface rsgi entry:application` is what `flask serve` starts; any WSGI server can run
the same object, as `entry:application` too.
"""

from __future__ import annotations

from app import create_app
from core.db import db
from core.window.front import in_front_of

_app = create_app()
with _app.app_context():
    application = in_front_of(_app, db.engine, _app.config)
