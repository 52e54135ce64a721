"""Templates: what a new event of a kind starts with."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, time, timedelta
from enum import StrEnum
from typing import Any

from sqlalchemy import select
from sqlalchemy.exc import IntegrityError

from core.db import db, write
from core.outcome import Refused
from events.models import Event, EventTemplate, Kind, Series, Unit
from people import audit
from people.audit import Actor

ONCE, YEARLY = "once", "yearly"
A_YEAR = 12  # months
DEFAULT_START = time(18, 30)
DEFAULT_MINUTES = 90
_A_DAY = datetime(2026, 1, 1)
# What an event's columns are called in its form.
_FIELDS = {
    "summary": "summary",
    "description": "description",
    "joining": "joining",
    "capacity": "capacity",
    "signup_closes_minutes": "closes",
    "mode": "mode",
    "visibility": "visibility",
    "access": "access",
    "audiences": "audiences",
    "cost": "cost",
}


class TemplateRefusal(StrEnum):
    """Why a template cannot be."""

    NAME_TAKEN = "name-taken"
    UNKNOWN = "unknown-template"


@dataclass(frozen=True)
class TemplatePlan:
    """A template to be: `details` by the names of the event form's fields, as JSON holds them."""

    name: str
    kind: Kind
    details: Mapping[str, Any]


def template_list() -> list[EventTemplate]:
    """Every template, kind by kind; one statement."""
    order = list(Kind)
    found = db.session.scalars(select(EventTemplate).order_by(EventTemplate.id))
    return sorted(found, key=lambda one: order.index(Kind(one.kind)))


def template_of(template_id: int) -> EventTemplate | None:
    """One template, or None."""
    return db.session.get(EventTemplate, template_id)


def template_values(template_id: int) -> dict[str, Any]:
    """What the form of a new event is filled in with, by the names of its fields.

    `start` and `end` are wall-clock times. Empty when there is no such template.
    """
    template = template_of(template_id)
    if template is None:
        return {}
    values = dict(template.details)
    minutes = values.pop("minutes", DEFAULT_MINUTES)
    start = time.fromisoformat(values.get("start", DEFAULT_START.isoformat()))
    end = (datetime.combine(_A_DAY, start) + timedelta(minutes=minutes)).time()
    return values | {"kind": template.kind, "start": start, "end": end}


def _repeats(series: Series) -> str:
    """What the form calls the rhythm of a series."""
    if series.unit == Unit.MONTH:
        monthly = "by-weekday" if series.nths else "by-date"
        return YEARLY if series.interval % A_YEAR == 0 else monthly
    return "daily" if series.unit == Unit.DAY else "weekly"


def details_of_event(event: Event, series: Series | None) -> dict[str, Any]:
    """What an event would give to a template: all that holds for the next one of its sort too.

    Title, place, picture and online link stay out: they belong to this one event.
    """
    details = {field: getattr(event, column) for column, field in _FIELDS.items()}
    details["languages"] = [one.language for one in event.languages]
    details["tags"] = ", ".join(tag.tag for tag in event.tags)
    details["repeats"] = _repeats(series) if series else ONCE
    if series is not None:
        details["start"] = series.start_time.isoformat("minutes")
        details["minutes"] = series.duration_minutes
        yearly = details["repeats"] == YEARLY
        details["interval"] = series.interval // A_YEAR if yearly else series.interval
    return details


def _named(name: str, but: int | None = None) -> int | None:
    same = select(EventTemplate.id).where(EventTemplate.name == name)
    return db.session.scalar(same if but is None else same.where(EventTemplate.id != but))


def add_template(plan: TemplatePlan, *, by: Actor, now: datetime) -> int | Refused:
    """Operation: a new template; its id. Refused when another has its name."""
    try:
        with write() as session:
            if _named(plan.name) is not None:
                return Refused(TemplateRefusal.NAME_TAKEN)
            template = EventTemplate(
                name=plan.name, kind=plan.kind, details=dict(plan.details), updated_at=now
            )
            session.add(template)
            session.flush()
            audit.record("create", "template", template.id, by=by, now=now)
            return template.id
    except IntegrityError:  # another press took the name meanwhile
        return Refused(TemplateRefusal.NAME_TAKEN)


def edit_template(
    template_id: int, plan: TemplatePlan, *, by: Actor, now: datetime
) -> int | Refused:
    """Operation: change a template; events made with it stay as they are."""
    try:
        with write() as session:
            template = session.get(EventTemplate, template_id, with_for_update=True)
            if template is None:
                return Refused(TemplateRefusal.UNKNOWN)
            if _named(plan.name, template_id) is not None:
                return Refused(TemplateRefusal.NAME_TAKEN)
            template.name, template.kind = plan.name, plan.kind
            template.details = dict(plan.details)
            template.updated_at = now
            audit.record("edit", "template", template_id, by=by, now=now)
            return template_id
    except IntegrityError:
        return Refused(TemplateRefusal.NAME_TAKEN)


def remove_template(template_id: int, *, by: Actor, now: datetime) -> bool:
    """Operation: a template goes; events made with it stay. False when it was gone already."""
    with write() as session:
        template = session.get(EventTemplate, template_id, with_for_update=True)
        if template is None:
            return False
        session.delete(template)
        audit.record("remove", "template", template_id, by=by, now=now)
        return True
