"""The door for phones: marks of a roll call as JSON."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Annotated, Any
from uuid import UUID

import msgspec
from flask import Blueprint, Response, jsonify, request
from flask.typing import ResponseReturnValue
from werkzeug.exceptions import HTTPException

from core import clock
from core.outcome import Refused
from events.attendance import Count, MarkOutcome, RollRefusal, receive_marks, refused
from events.rules.rollcall import Mark, MarkRefusal
from events.views.problems import problem
from events.views.roll_forms import MOST_HEADS
from people.access import Permission, actor, may, requires

bp = Blueprint("marks", __name__)

MOST_BYTES = 1_000_000
MOST_MARKS = 500
STATUS_OF = {
    RollRefusal.NOT_FOUND: 404,
    RollRefusal.NOT_YOURS: 403,
    RollRefusal.CANCELLED: 409,
    RollRefusal.TOO_EARLY: 409,
}
Moment = Annotated[datetime, msgspec.Meta(tz=True)]


class WalkInBody(msgspec.Struct):
    """A walk-in by name."""

    name: str


class MarkBody(msgspec.Struct):
    """One mark as a phone sends it."""

    id: str
    status: str
    marked_at: str
    person: int | None = None
    walk_in: WalkInBody | None = None
    minutes: int | None = None


class Body(msgspec.Struct):
    """Many marks; each is read by itself, so that one that is wrong spoils no other.

    `counted_at` is when the head count was made, now unless given.
    """

    marks: Annotated[list[msgspec.Raw], msgspec.Meta(max_length=MOST_MARKS)]
    head_count: Annotated[int, msgspec.Meta(ge=0, le=MOST_HEADS)] | None = None
    counted_at: Moment | None = None


def _id_of(raw: bytes) -> str:
    """The id of a mark that could not be read, so that the phone knows which one it was."""
    try:
        found: Any = msgspec.json.decode(raw)
    except (msgspec.MsgspecError, UnicodeError):
        return ""
    given = found.get("id") if isinstance(found, dict) else None
    return given[:64] if isinstance(given, str) else ""


def _uuid(text: str) -> str | None:
    """A UUID in its canonical form, or None when the text is not one."""
    try:
        canonical = str(UUID(text))
    except ValueError:
        return None
    return canonical if canonical == text.lower() else None


def read_mark(raw: bytes) -> Mark | MarkOutcome:
    """One mark from JSON, or its refusal."""
    try:
        body = msgspec.json.decode(raw, type=MarkBody)
    except (msgspec.MsgspecError, UnicodeError):
        return refused(_id_of(raw), MarkRefusal.UNREADABLE)
    mark_id = _uuid(body.id)
    if mark_id is None:
        return refused(body.id[:64], MarkRefusal.BAD_ID)
    try:
        marked_at = msgspec.convert(body.marked_at, Moment)
    except msgspec.ValidationError:
        return refused(mark_id, MarkRefusal.UNREADABLE_TIME)
    if body.person is not None and body.walk_in is not None:
        return refused(mark_id, MarkRefusal.UNREADABLE)
    return Mark(
        id=mark_id,
        marked_at=marked_at,
        status=body.status,
        person=body.person,
        walk_in=body.walk_in.name if body.walk_in else None,
        minutes=body.minutes,
    )


def _as_json(outcome: MarkOutcome) -> dict[str, object]:
    fields = {
        "id": outcome.id,
        "outcome": outcome.outcome,
        "reason": outcome.reason,
        "person": outcome.person,
        "stands": outcome.stands,
    }
    return {name: value for name, value in fields.items() if value is not None}


def _in_order(
    read: Sequence[Mark | MarkOutcome], outcomes: Sequence[MarkOutcome]
) -> list[MarkOutcome]:
    taken = iter(outcomes)
    return [next(taken) if isinstance(one, Mark) else one for one in read]


@bp.errorhandler(HTTPException)
def _as_problem(error: HTTPException) -> Response:
    return problem(error.code or 500, error.description or "")


@bp.post("/roll-call/<int(max=2147483647):occurrence_id>/marks")
@requires(Permission.TAKE_ROLL)
def receive(occurrence_id: int) -> ResponseReturnValue:
    """Take in marks: 200 with one outcome for each, in their order."""
    request.max_content_length = MOST_BYTES
    try:
        body = msgspec.json.decode(request.get_data(), type=Body)
    except msgspec.ValidationError as error:
        return problem(422, str(error))
    except (msgspec.DecodeError, UnicodeError):
        return problem(400, "The body is not JSON.")
    now = clock.now()
    read = [read_mark(bytes(raw)) for raw in body.marks]
    heads = body.head_count
    answer = receive_marks(
        occurrence_id,
        [mark for mark in read if isinstance(mark, Mark)],
        None if heads is None else Count(heads, body.counted_at or now),
        by=actor(),
        now=now,
        everywhere=may(Permission.SEE_ROSTERS),
    )
    if isinstance(answer, Refused):
        reason = RollRefusal(answer.reason)
        return problem(STATUS_OF[reason], "This roll cannot be taken.", reason=reason)
    return jsonify(outcomes=[_as_json(outcome) for outcome in _in_order(read, answer)])
