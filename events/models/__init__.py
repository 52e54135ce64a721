"""Tables of the events room: places, events, their dates, sign-ups and attendance.

Names follow the glossary of `docs/how-it-is-built.md`. Times are UTC; `key` and `local_date`
are wall-clock facts in the occurrence's own zone.
"""

from __future__ import annotations

from events.models.attendance import AttendanceMark, AttendanceRecord, HeadCount
from events.models.changes import Change, Upload
from events.models.events import (
    Event,
    EventLanguage,
    EventTag,
    EventTemplate,
    FormerKey,
    Occurrence,
    Series,
)
from events.models.images import Image, ImageFile
from events.models.joining import Assignment, Enrolment, Signup
from events.models.kinds import (
    AssignmentRole,
    EventStatus,
    Joining,
    Kind,
    Mode,
    OccurrenceStatus,
    SignupState,
    Visibility,
)
from events.models.places import Closure, Room, Venue
from events.models.subscriptions import FeedScope, PersonalFeed
from events.rules.breaks import HolidayPolicy
from events.rules.recurrence import Unit
from events.rules.rollcall import AttendanceStatus

__all__ = [
    "Assignment",
    "AssignmentRole",
    "AttendanceMark",
    "AttendanceRecord",
    "AttendanceStatus",
    "Change",
    "Closure",
    "Enrolment",
    "Event",
    "EventLanguage",
    "EventStatus",
    "EventTag",
    "EventTemplate",
    "FeedScope",
    "FormerKey",
    "HeadCount",
    "HolidayPolicy",
    "Image",
    "ImageFile",
    "Joining",
    "Kind",
    "Mode",
    "Occurrence",
    "OccurrenceStatus",
    "PersonalFeed",
    "Room",
    "Series",
    "Signup",
    "SignupState",
    "Unit",
    "Upload",
    "Venue",
    "Visibility",
]
