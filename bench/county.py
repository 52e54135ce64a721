"""A county's meetings to measure with: a real list if there is one, else one like it."""

from __future__ import annotations

import json
import os
import random
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
LISTED_SERIES = 1_967
PLACES_PER_SERIES = 318 / LISTED_SERIES
TIMES = ("06:00", "06:30", "07:00", "12:00", "17:30", "18:00", "19:00", "19:30", "20:00")
NAMES = ("Morning Tide", "Harbor Lights", "Steps by the Sea", "Noon Circle", "Lantern Group")
CITIES = ("Huntington Beach", "Irvine", "Santa Ana", "Costa Mesa", "Laguna Beach")


def written(folder: Path, series: int) -> Path:
    """A Meeting Guide file of so many weekly meetings, always the same ones."""
    chance = random.Random(series)  # noqa: S311
    places = max(1, round(series * PLACES_PER_SERIES))
    rows = []
    for number in range(series):
        place = chance.randrange(places)
        city = CITIES[place % len(CITIES)]
        rows.append(
            {
                "name": f"{chance.choice(NAMES)} {number}",
                "slug": f"meeting-{number}",
                "day": number % 7,
                "time": chance.choice(TIMES),
                "types": chance.sample(("O", "C", "D", "ST", "BE", "X"), 3),
                "notes": "Please use the side door. Tea and coffee are there. " * 2,
                "location": f"Hall {place}",
                "formatted_address": f"{place} Pier Road, {city}, CA 92648, USA",
                "region": city,
                "latitude": 33.6 + place / 10_000,
                "longitude": -117.9 + place / 10_000,
                "attendance_option": "in_person",
            }
        )
    file = folder / f"meetings-{series}.json"
    file.write_text(json.dumps(rows))
    return file


def environment(database: Path) -> dict[str, str]:
    """What the product's commands run with."""
    return dict(os.environ) | {
        "DATABASE_URL": f"sqlite:///{database}",
        "GROUNDSWELL_ENV": "test",
        "RATE_LIMITS": "off",
        "SECRET_KEY": "only to measure " * 3,
    }


def flask(database: Path, *arguments: str) -> None:
    """Run one of the product's commands.

    Raises:
        subprocess.CalledProcessError: it failed; what it printed is on the screen.
    """
    command = [sys.executable, "-m", "flask", *arguments]
    subprocess.run(  # noqa: S603
        command, cwd=ROOT, env=environment(database), check=True, stdout=subprocess.DEVNULL
    )


def loaded(folder: Path, meetings: Path) -> Path:
    """A database with these meetings on the calendar."""
    database = folder / f"{meetings.stem}.db"
    flask(database, "db", "upgrade")
    flask(database, "import-meetings", str(meetings))
    return database
