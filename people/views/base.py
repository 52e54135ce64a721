"""What the pages of the people room share."""

from __future__ import annotations

from flask import Blueprint

bp = Blueprint("people", __name__)
