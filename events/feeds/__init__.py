"""Rows to iCalendar, JSON and Atom: the same rows give the same bytes."""
