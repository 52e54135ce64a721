"""libical, Evolution's and KDE's library, as a program that lists dates.

Run by Debian's own Python, which has its bindings. It is asked and answers as programs.py says.
libical expands rules and exceptions; that a date of its own stands in for the rule's is up to
each program, and done here as RFC 5545 says (3.8.4.4).
"""

import json
import sys
import traceback
import urllib.request
from datetime import UTC, datetime

import gi

gi.require_version("ICalGLib", "3.0")
from gi.repository import ICalGLib  # noqa: E402

FURTHER = 400 * 86400  # a date may have been moved to an earlier day than its own
kept = {}  # what a subscriber keeps by address: tag and text


def fetched(url):
    tag, text = kept.get(url, ("", ""))
    asked = urllib.request.Request(url, headers={"If-None-Match": tag} if tag else {})
    try:
        opener = urllib.request.build_opener(urllib.request.ProxyHandler({}))
        with opener.open(asked, timeout=30) as answer:
            text = answer.read().decode()
            kept[url] = (answer.headers["ETag"], text)
    except urllib.error.HTTPError as error:
        if error.code != 304:
            raise
    return text


def moment(time):
    """Seconds since 1970, whole days by UTC."""
    return time.as_timet_with_zone(time.get_timezone())


def said(time):
    if time.is_date():
        return f"{time.get_year():04}-{time.get_month():02}-{time.get_day():02}"
    if time.get_timezone() is None and not time.is_utc():
        raise ValueError(f"floating: {time.as_ical_string()}")
    return datetime.fromtimestamp(moment(time), UTC).strftime("%Y-%m-%dT%H:%M:%SZ")


def parts_of(calendar):
    kind = ICalGLib.ComponentKind.VEVENT_COMPONENT
    part = calendar.get_first_component(kind)
    while part is not None:
        yield part
        part = calendar.get_next_component(kind)


def instance_of(part):
    """What date of its series a component is, by the wall clock, or '' for the series."""
    said_by = part.get_first_property(ICalGLib.PropertyKind.RECURRENCEID_PROPERTY)
    if said_by is None:
        return ""
    return said_by.get_recurrenceid().as_ical_string()


def starts_of(part, until):
    """The starts of a component that is not excepted, by libical's own iterator."""
    start = part.get_dtstart()
    rule = part.get_first_property(ICalGLib.PropertyKind.RRULE_PROPERTY)
    if rule is None:
        return [start]
    excepted = set()
    one = part.get_first_property(ICalGLib.PropertyKind.EXDATE_PROPERTY)
    while one is not None:
        excepted.add(one.get_exdate().as_ical_string())
        one = part.get_next_property(ICalGLib.PropertyKind.EXDATE_PROPERTY)
    found = []
    steps = ICalGLib.RecurIterator.new(rule.get_rrule(), start)
    time = steps.next()
    while time is not None and not time.is_null_time() and moment(time) < until:
        if time.as_ical_string() not in excepted:
            found.append(time)
        time = steps.next()
    return found


def listed(text, first, last):
    calendar = ICalGLib.Parser.parse_string(text)
    if calendar is None:
        raise ValueError("libical reads nothing")
    series, alone = {}, []
    for part in parts_of(calendar):
        series.setdefault(part.get_uid(), {})[instance_of(part)] = part
    shown = []
    for own in series.values():
        master = own.pop("", None)
        if master is not None:
            length = moment(master.get_dtend()) - moment(master.get_dtstart())
            for start in starts_of(master, last + FURTHER):
                if start.as_ical_string() in own:
                    alone.append(own.pop(start.as_ical_string()))
                    continue
                shown.append((start, length, master))
        alone.extend(own.values())
    for part in alone:
        start = part.get_dtstart()
        shown.append((start, moment(part.get_dtend()) - moment(start), part))
    return sorted(entries(shown, first, last))


def entries(shown, first, last):
    for start, length, part in shown:
        if first <= moment(start) < last:
            said_by = part.get_first_property(ICalGLib.PropertyKind.STATUS_PROPERTY)
            cancelled = said_by is not None and said_by.get_value_as_string() == "CANCELLED"
            yield [said(start), ended(start, length), cancelled, part.get_summary()]


def ended(start, length):
    end = datetime.fromtimestamp(moment(start) + length, UTC)
    return end.strftime("%Y-%m-%d" if start.is_date() else "%Y-%m-%dT%H:%M:%SZ")


def seconds(text):
    return datetime.fromisoformat(text.replace("Z", "+00:00")).timestamp()


for line in sys.stdin:
    try:
        asked = json.loads(line)
        text = asked["text"] if "text" in asked else fetched(asked["url"])
        answer = {"dates": listed(text, seconds(asked["first"]), seconds(asked["last"]))}
    except Exception:  # noqa: BLE001 - whatever it is, the test shall read it
        answer = {"error": traceback.format_exc()}
    print(json.dumps(answer), flush=True)
