"""Codes of the events room: what an event, a date and a sign-up can be."""

from __future__ import annotations

from enum import StrEnum


class Kind(StrEnum):
    """The five kinds of event."""

    SUPPORT_GROUP = "support-group"
    WORKSHOP = "workshop"
    LEADERSHIP_TRAINING = "leadership-training"
    COMMUNITY_EVENT = "community-event"
    ONE_TO_ONE = "one-to-one"


class Mode(StrEnum):
    """How one takes part."""

    IN_PERSON = "in-person"
    ONLINE = "online"
    HYBRID = "hybrid"


class Joining(StrEnum):
    """How one joins: no sign-up needed, a sign-up per date, or one for all dates."""

    DROP_IN = "drop-in"
    PER_DATE = "per-date"
    COHORT = "cohort"


class EventStatus(StrEnum):
    """Where an event is in its life."""

    DRAFT = "draft"
    PUBLISHED = "published"
    ARCHIVED = "archived"
    DELETED = "deleted"  # restorable for 90 days


class Visibility(StrEnum):
    """Who can see an event."""

    PUBLIC = "public"
    SIGNED_IN = "signed-in"
    PRIVATE = "private"


class OccurrenceStatus(StrEnum):
    """Whether a date takes place."""

    SCHEDULED = "scheduled"
    CANCELLED = "cancelled"


class SignupState(StrEnum):
    """Where a sign-up stands."""

    SEATED = "seated"
    QUEUED = "queued"
    OFFERED = "offered"
    CANCELLED = "cancelled"


class AssignmentRole(StrEnum):
    """What a facilitator does at an event."""

    LEAD = "lead"
    CO_LEAD = "co-lead"
    TRAINEE = "trainee"
