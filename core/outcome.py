"""What an operation answers when the answer is no."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum


@dataclass(frozen=True)
class Refused:
    """An expected no. The reason is a code; views put it into words."""

    reason: StrEnum
