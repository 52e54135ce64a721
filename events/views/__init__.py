"""Thin views: read the request, call a query or an operation, render."""

from __future__ import annotations

from flask import Blueprint

from events.views import (
    about,
    api,
    api_signups,
    attendance,
    calendar,
    crawlers,
    embed,
    feeds,
    images,
    manage,
    me,
    members,
    my_calendars,
    personal_feeds,
    places,
    posters,
    signups,
    subscribe,
)

BLUEPRINTS: tuple[Blueprint, ...] = (
    calendar.bp,
    crawlers.bp,
    embed.bp,
    images.bp,
    places.bp,
    signups.bp,
    posters.bp,
    about.bp,
    subscribe.bp,
    attendance.bp,
    me.bp,
    members.bp,
    my_calendars.bp,
    manage.bp,
    feeds.bp,
    personal_feeds.bp,
    api.bp,
    api_signups.bp,
)
