"""The API's description (OpenAPI 3.1)."""

from __future__ import annotations

from events.models import Kind, Mode, OccurrenceStatus

Schema = dict[str, object]
JSON = "application/json"
PROBLEM = "application/problem+json"
AVAILABILITY = ("open", "few", "full", "closed", "drop-in")
STATES = ("seated", "queued", "offered", "cancelled")
_PUBLIC_KINDS = [kind.value for kind in Kind if kind != Kind.ONE_TO_ONE]


def _text(description: str = "", **more: object) -> Schema:
    return {"type": "string"} | ({"description": description} if description else {}) | more


def _object(properties: Schema, optional: tuple[str, ...] = ()) -> Schema:
    required = [name for name in properties if name not in optional]
    return {"type": "object", "properties": properties, "required": required}


def _or_null(schema: Schema) -> Schema:
    return {"anyOf": [schema, {"type": "null"}]}


def _reference(name: str) -> Schema:
    return {"$ref": f"#/components/schemas/{name}"}


def _answer(description: str, schema: str, kind: str = JSON) -> Schema:
    return {"description": description, "content": {kind: {"schema": _reference(schema)}}}


def _parameter(name: str, description: str, schema: Schema) -> Schema:
    return {"name": name, "in": "query", "description": description, "schema": schema}


def _repeatable(name: str, description: str, items: Schema) -> Schema:
    schema: Schema = {"type": "array", "items": items}
    return _parameter(name, description, schema) | {"style": "form", "explode": True}


def _date(name: str, description: str) -> Schema:
    return _parameter(name, description, _text(format="date"))


def _number(name: str, description: str, least: int, most: int, usual: int) -> Schema:
    schema: Schema = {"type": "integer", "minimum": least, "maximum": most, "default": usual}
    return _parameter(name, description, schema)


def _schemas() -> Schema:
    address = _text(format="uri")
    return {
        "Occurrence": _object(
            {
                "id": {"type": "integer"},
                "event": _text("The event's slug."),
                "key": _text("The original local start, as 2026-11-24T1830."),
                "title": _text(),
                "kind": _text(enum=_PUBLIC_KINDS),
                "starts_at": _text(format="date-time"),
                "ends_at": _text(format="date-time"),
                "end_known": {"type": "boolean"},
                "all_day": {"type": "boolean"},
                "timezone": _text("An IANA time zone."),
                "venue": _or_null(_reference("Venue")),
                "mode": _text(enum=[mode.value for mode in Mode]),
                "tags": {"type": "array", "items": _text()},
                "status": _text(enum=[status.value for status in OccurrenceStatus]),
                "availability": _text(enum=list(AVAILABILITY)),
                "url": address,
                "signup_url": _or_null(address),
            }
        ),
        "Venue": _object(
            {"slug": _text(), "name": _text(), "city": _or_null(_text()), "url": address}
        ),
        "Occurrences": _object(
            {
                "occurrences": {"type": "array", "items": _reference("Occurrence")},
                "next": _or_null(address),
            }
        ),
        "Embedded": _object(
            {
                "name": _text("The program's name."),
                "url": address,
                "timezone": _text("The program's IANA time zone."),
                "occurrences": {"type": "array", "items": _reference("Occurrence")},
                "next": _or_null(address),
            }
        ),
        "Meeting": _object(
            {
                "name": _text(),
                "slug": _text(),
                "day": {"type": "integer", "minimum": 0, "maximum": 6},
                "time": _text(pattern="^[0-2][0-9]:[0-5][0-9]$"),
                "end_time": _text(pattern="^[0-2][0-9]:[0-5][0-9]$"),
                "timezone": _text("An IANA time zone."),
                "types": {"type": "array", "items": _text()},
                "url": address,
            },
            optional=("end_time", "timezone", "types", "url"),
        ),
        "NewSignup": _object(
            {
                "name": _text("A first name will do.", minLength=1, maxLength=120),
                "email": _or_null(_text(format="email", maxLength=254)),
                "guests": {"type": "integer", "minimum": 0, "maximum": 9, "default": 0},
                "note": _or_null(_text()),
            },
            optional=("email", "guests", "note"),
        )
        | {"additionalProperties": False},
        "Signup": _object(
            {
                "state": _text(enum=list(STATES)),
                "position": _or_null({"type": "integer", "minimum": 1}),
                "manage_url": address,
                "calendar_url": address,
            }
        ),
        "Problem": _object(
            {
                "type": _text(format="uri-reference"),
                "title": _text(),
                "status": {"type": "integer"},
                "detail": _text(),
            },
            optional=("detail",),
        ),
    }


def _filters() -> list[Schema]:
    return [
        _repeatable("kind", f"Only these kinds: {', '.join(_PUBLIC_KINDS)}.", _text()),
        _repeatable("venue", "Only these venues, by slug.", _text()),
        _repeatable("city", "Only these cities.", _text()),
        _repeatable("mode", "In person, online or hybrid.", _text()),
        _repeatable("language", "Only these languages, as ISO 639-1 codes.", _text()),
        _repeatable("tag", "Only events with one of these tags.", _text()),
        _parameter("q", "Words to find.", _text()),
    ]


def _embedded() -> Schema:
    return {
        "operationId": "listEmbedded",
        "summary": "The public dates of the next two months, for other sites to show",
        "parameters": _filters(),
        "responses": {"200": _answer("The dates.", "Embedded")},
    }


def _meetings() -> Schema:
    listed: Schema = {"type": "array", "items": _reference("Meeting")}
    header = {"description": "How many dates the format cannot say.", "schema": _text()}
    return {
        "operationId": "listMeetings",
        "summary": "Weekly meetings, as the Meeting Guide specification has them",
        "parameters": _filters(),
        "responses": {
            "200": {
                "description": "The meetings.",
                "headers": {"X-Left-Out": header},
                "content": {JSON: {"schema": listed}},
            }
        },
    }


def _read() -> Schema:
    return {
        "operationId": "listOccurrences",
        "summary": "Public dates between two local dates, in order of time",
        "parameters": [
            _date("from", "The first local date; today unless given."),
            _date("to", "The last local date, at most 366 days on; 30 days on unless given."),
            *_filters(),
            _number("limit", "How many dates at a time.", 1, 500, 100),
            _number("offset", "How many to pass over; follow `next` instead.", 0, 1_000_000, 0),
        ],
        "responses": {
            "200": _answer("A page of dates.", "Occurrences"),
            "422": _answer("A parameter cannot be used.", "Problem", PROBLEM),
        },
    }


def _sign_up() -> Schema:
    problems = {
        "400": "The body is not JSON.",
        "404": "There is no such date.",
        "409": "No sign-up: closed, cancelled, past, or none is needed.",
        "413": "The body is too large.",
        "415": "The body is not called JSON.",
        "422": "A field cannot be used.",
        "429": "Too many tries; wait a minute.",
    }
    return {
        "operationId": "signUp",
        "summary": "Sign up for a date; the same press twice gives the same sign-up",
        "parameters": [
            {"name": "id", "in": "path", "required": True, "schema": {"type": "integer"}},
            {
                "name": "Idempotency-Key",
                "in": "header",
                "description": "Makes a repeated request safe.",
                "schema": _text(maxLength=255),
            },
        ],
        "requestBody": {
            "required": True,
            "content": {JSON: {"schema": _reference("NewSignup")}},
        },
        "responses": {
            "201": _answer("Seated or queued.", "Signup"),
            "200": _answer("This sign-up was there already.", "Signup"),
        }
        | {code: _answer(words, "Problem", PROBLEM) for code, words in problems.items()},
    }


def description(site: str, address: str) -> Schema:
    """The whole description, for a site at an address."""
    return {
        "openapi": "3.1.0",
        "info": {"title": f"{site} API", "version": "1"},
        "servers": [{"url": address}],
        "paths": {
            "/api/v1/occurrences": {"get": _read()},
            "/api/v1/occurrences/{id}/signups": {"post": _sign_up()},
            "/feeds/events.json": {"get": _embedded()},
            "/feeds/meetings.json": {"get": _meetings()},
        },
        "components": {"schemas": _schemas()},
    }
