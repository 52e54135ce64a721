"""Problems as JSON (RFC 9457)."""

from __future__ import annotations

from http import HTTPStatus

import msgspec
from flask import Response

CONTENT_TYPE = "application/problem+json"


def problem(status: int, detail: str, **more: object) -> Response:
    """A problem response. `detail` is a sentence for people; `more` are members of its own."""
    body = {"type": "about:blank", "title": HTTPStatus(status).phrase, "status": status}
    body |= {"detail": detail} | more
    return Response(msgspec.json.encode(body), status=status, content_type=CONTENT_TYPE)
