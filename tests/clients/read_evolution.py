"""Evolution's backend, subscribed to a feed without its window, as a program that lists dates.

Run by Debian's own Python under `dbus-run-session`, in a home of its own. It is asked and answers
as programs.py says. Being asked again about an address makes Evolution look there again.
"""

import json
import sys
import traceback
from datetime import UTC, datetime

import gi

gi.require_version("ECal", "2.0")
gi.require_version("EDataServer", "1.2")
gi.require_version("ICalGLib", "3.0")
from gi.repository import ECal, EDataServer, GLib, ICalGLib  # noqa: E402

WAIT = 1  # second for a calendar that is not there yet; its first refresh brings it
subscribed = {}
registry = EDataServer.SourceRegistry.new_sync(None)


def subscribe(url):
    """A calendar on the web, as Evolution's own dialog makes it."""
    source = EDataServer.Source.new(None, None)
    source.set_parent("webcal-stub")
    source.set_display_name(url)
    calendar = source.get_extension(EDataServer.SOURCE_EXTENSION_CALENDAR)
    calendar.set_backend_name("webcal")
    there = source.get_extension(EDataServer.SOURCE_EXTENSION_WEBDAV_BACKEND)
    there.set_uri(GLib.Uri.parse(url, GLib.UriFlags.NONE))
    registry.commit_source_sync(source, None)
    return ECal.Client.connect_sync(source, ECal.ClientSourceType.EVENTS, WAIT, None)


def said(time):
    if time.is_date():
        return f"{time.get_year():04}-{time.get_month():02}-{time.get_day():02}"
    if time.get_timezone() is None and not time.is_utc():
        raise ValueError(f"floating: {time.as_ical_string()}")
    moment = time.as_timet_with_zone(time.get_timezone())
    return datetime.fromtimestamp(moment, UTC).strftime("%Y-%m-%dT%H:%M:%SZ")


def listed(client, first, last):
    shown = []

    def note(part, start, end, *_rest):
        cancelled = part.get_status() == ICalGLib.PropertyStatus.CANCELLED
        shown.append([said(start), said(end), cancelled, part.get_summary()])
        return True

    client.generate_instances_sync(int(first), int(last), None, note, None)
    return sorted(shown)


def seconds(text):
    return datetime.fromisoformat(text.replace("Z", "+00:00")).timestamp()


for line in sys.stdin:
    try:
        asked = json.loads(line)
        client = subscribed.get(asked["url"])
        if client is None:
            client = subscribed[asked["url"]] = subscribe(asked["url"])
        client.refresh_sync(None)
        answer = {"dates": listed(client, seconds(asked["first"]), seconds(asked["last"]))}
    except Exception:  # noqa: BLE001 - whatever it is, the test shall read it
        answer = {"error": traceback.format_exc()}
    print(json.dumps(answer), flush=True)
