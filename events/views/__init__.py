"""Thin views: read the request, call a query or an operation, render."""

from __future__ import annotations

from flask import Blueprint

from events.views import attendance

BLUEPRINTS: tuple[Blueprint, ...] = (attendance.bp,)
