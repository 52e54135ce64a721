"""The object a web server runs.

`granian --interface rsgi entry:application` is what `flask serve` starts; any WSGI server can run
the same object, as `entry:application` too.
"""

from __future__ import annotations

import gc

from app import create_app
from core.db import db
from core.window.front import in_front_of

_app = create_app()
# What is there now stays: the collector need not look through all of it again and again while a
# feed of thousands of rows is made.
gc.collect()
gc.freeze()
gc.set_threshold(50_000, 20, 50)
with _app.app_context():
    application = in_front_of(_app, db.engine, _app.config)
