"""Compact time zones, read back by a library we did not write."""

from datetime import datetime, timedelta
from zoneinfo import ZoneInfo, available_timezones

import pytest
from icalendar import Timezone

from events.feeds.vtimezone import UnknownZoneError, vtimezone

ZONES = (
    "America/Los_Angeles",
    "America/New_York",
    "America/Phoenix",
    "America/St_Johns",
    "America/Santiago",
    "America/Nuuk",
    "Australia/Lord_Howe",
    "Europe/Dublin",
    "Europe/London",
    "Asia/Kolkata",
    "Asia/Gaza",
    "Africa/Cairo",
    "Pacific/Auckland",
    "UTC",
)


def component(zone: str) -> Timezone:
    return Timezone.from_ical("\r\n".join(vtimezone(zone)) + "\r\n")


@pytest.mark.parametrize("zone", ZONES)
def test_offsets_are_the_zones_own_all_through_two_years(zone):
    read, own = component(zone).to_tz(lookup_tzid=False), ZoneInfo(zone)
    moment = datetime(2027, 1, 1, 12)
    while moment < datetime(2029, 1, 1):
        assert moment.replace(tzinfo=read).utcoffset() == moment.replace(tzinfo=own).utcoffset()
        moment += timedelta(days=1)


@pytest.mark.parametrize("zone", ZONES)
def test_blocks_are_compact(zone):
    lines = vtimezone(zone)
    assert not any(line.startswith("RDATE") for line in lines)
    assert lines.count("BEGIN:STANDARD") == 1
    assert lines.count("BEGIN:DAYLIGHT") <= 1
    assert f"TZID:{zone}" in lines


def test_daylight_is_the_larger_offset_in_dublin():
    parts = {part.name: part for part in component("Europe/Dublin").subcomponents}
    assert parts["DAYLIGHT"]["TZOFFSETTO"].td == timedelta(hours=1)
    assert parts["STANDARD"]["TZOFFSETTO"].td == timedelta(0)


def test_a_zone_without_changes_has_one_part():
    assert [part.name for part in component("America/Phoenix").subcomponents] == ["STANDARD"]


def test_every_zone_there_is_can_be_said():
    for zone in available_timezones():
        assert vtimezone(zone)[0] == "BEGIN:VTIMEZONE"


@pytest.mark.parametrize("zone", ["Nowhere/Else", "../../etc/passwd", "/etc/passwd", ""])
def test_no_such_zone(zone):
    with pytest.raises(UnknownZoneError):
        vtimezone(zone)
