"""Credits: minutes earned toward a course by one opaque piece of evidence."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import delete, update

from core.db import db
from curriculum.models import Credit


def settle(
    person_id: int, course_id: int, evidence: str, minutes: int, *, earned_at: datetime
) -> None:
    """Step: what this evidence is worth now; settling twice changes nothing, zero removes it.

    The caller holds what the evidence is about, so that the same evidence is settled by one
    transaction at a time.

    Args:
        evidence: names the fact that earned the credit, such as `occurrence:17`.
        minutes: what the person attended, whole minutes.
        earned_at: when the fact took place, aware.

    Raises:
        ValueError: minutes are negative.
    """
    if minutes < 0:
        raise ValueError(f"a credit of {minutes} minutes")
    this_one = (
        Credit.person_id == person_id,
        Credit.course_id == course_id,
        Credit.evidence == evidence,
    )
    if minutes == 0:
        db.session.execute(delete(Credit).where(*this_one))
        return
    found = db.session.execute(
        update(Credit).where(*this_one).values(minutes=minutes, earned_at=earned_at)
    )
    if found.rowcount == 0:  # type: ignore[attr-defined]
        db.session.add(
            Credit(
                person_id=person_id,
                course_id=course_id,
                evidence=evidence,
                minutes=minutes,
                earned_at=earned_at,
            )
        )
