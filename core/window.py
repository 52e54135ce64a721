"""The edition of the public side: a number that every public change raises.

Whatever is kept of a public page is kept under the edition it was made from. The number is read
before rendering and raised in the transaction of the change, so nothing kept can be stale.
"""

from __future__ import annotations

from sqlalchemy import select, update
from sqlalchemy.orm import Mapped, mapped_column

from core.db import Model, db


class Edition(Model):
    """One row: the number of the current edition."""

    __tablename__ = "edition"

    id: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    number: Mapped[int] = mapped_column(default=1)


def touch() -> None:
    """Step: what the public sees has changed. Seen by everyone when the transaction commits."""
    raised = db.session.execute(
        update(Edition)
        .where(Edition.id == 1)
        .values(number=Edition.number + 1)
        .execution_options(synchronize_session=False)
    )
    if raised.rowcount == 0:  # type: ignore[attr-defined]
        db.session.add(Edition(id=1, number=1))
        db.session.flush()


def current() -> int:
    """The number of the current edition; 0 before anything was ever shown."""
    return db.session.scalar(select(Edition.number)) or 0
