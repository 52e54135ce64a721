"""The coordinators' desk: all of its pages under one address."""

from __future__ import annotations

from events.views import (
    manage_changes,
    manage_closures,
    manage_copy,
    manage_dates,
    manage_deleted,
    manage_details,
    manage_events,
    manage_front,
    manage_hand_over,
    manage_history,
    manage_imports,
    manage_life,
    manage_many,
    manage_meeting_guide,
    manage_new,
    manage_new_dates,
    manage_picture,
    manage_series,
    manage_staff,
    manage_templates,
    manage_venues,
)
from events.views.manage_base import bp as bp

PAGES = (
    manage_front,
    manage_events,
    manage_new,
    manage_new_dates,
    manage_details,
    manage_picture,
    manage_series,
    manage_staff,
    manage_life,
    manage_many,
    manage_changes,
    manage_copy,
    manage_deleted,
    manage_history,
    manage_hand_over,
    manage_meeting_guide,
)

bp.register_blueprint(manage_closures.bp)
bp.register_blueprint(manage_dates.bp)
bp.register_blueprint(manage_many.bp)
bp.register_blueprint(manage_venues.bp)
bp.register_blueprint(manage_templates.bp)
bp.register_blueprint(manage_imports.bp)
