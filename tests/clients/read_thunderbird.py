"""Thunderbird without its windows, subscribed to a feed, as a program that lists dates.

It is steered through Marionette, the way that Mozilla's own tests take, and asked for what its
calendar shows. It is asked and answers as programs.py says. Argument: a folder for its profile.
"""

import json
import os
import socket
import subprocess
import sys
import time
import traceback
from pathlib import Path

START_SECONDS = 60
LISTS = """
const [url, first, last, done] = arguments;
(async () => {
  const { cal } = ChromeUtils.importESModule("resource:///modules/calendar/calUtils.sys.mjs");
  let calendar = cal.manager.getCalendars().find((one) => one.uri.spec === url);
  const known = Boolean(calendar);
  if (!known) {
    calendar = cal.manager.createCalendar("ics", Services.io.newURI(url));
    calendar.name = "Feed";
  }
  await new Promise((loaded) => {
    calendar.addObserver({
      QueryInterface: ChromeUtils.generateQI(["calIObserver"]),
      onStartBatch() {}, onEndBatch() {}, onAddItem() {}, onModifyItem() {}, onDeleteItem() {},
      onPropertyChanged() {}, onPropertyDeleting() {},
      onError(_calendar, number, message) { done({ error: `${number}: ${message}` }); },
      onLoad() { loaded(); },
    });
    if (known) calendar.refresh();
    else { cal.manager.registerCalendar(calendar); calendar.refresh(); }
  });
  const moment = (text) => cal.dtz.jsDateToDateTime(new Date(text), cal.dtz.UTC);
  const { ITEM_FILTER_ALL_ITEMS: all, ITEM_FILTER_CLASS_OCCURRENCES: dates } = Ci.calICalendar;
  const items = await calendar.getItemsAsArray(all | dates, 0, moment(first), moment(last));
  const said = (at) => at.isDate
    ? `${at.year}-${String(at.month + 1).padStart(2, "0")}-${String(at.day).padStart(2, "0")}`
    : cal.dtz.dateTimeToJsDate(at).toISOString().replace(".000Z", "Z");
  done({ dates: items.map((one) => [
    said(one.startDate), said(one.endDate), one.status === "CANCELLED", one.title,
  ]) });
})().catch((error) => done({ error: `${error}\\n${error.stack}` }));
"""


class Marionette:
    """The protocol: each message is its length in digits, a colon and JSON."""

    def __init__(self, port):
        self.socket = socket.create_connection(("127.0.0.1", port), timeout=120)
        self.stream = self.socket.makefile("rb")
        self.number = 0
        self.read()

    def read(self):
        length = b""
        while not length.endswith(b":"):
            found = self.stream.read(1)
            if not found:
                raise ConnectionError("Thunderbird hung up")
            length += found
        return json.loads(self.stream.read(int(length[:-1])))

    def does(self, command, **parameters):
        self.number += 1
        said = json.dumps([0, self.number, command, parameters]).encode()
        self.socket.sendall(f"{len(said)}:".encode() + said)
        _kind, _number, error, result = self.read()
        if error:
            raise RuntimeError(error)
        return result


def free_port():
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


def connected(port):
    until = time.monotonic() + START_SECONDS
    while True:
        try:
            return Marionette(port)
        except OSError:
            if time.monotonic() > until:
                raise
            time.sleep(0.2)


def started(folder):
    port = free_port()
    profile = Path(folder) / "profile"
    profile.mkdir()
    settings = {
        "marionette.port": port,
        "app.update.enabled": False,
        "datareporting.policy.dataSubmissionEnabled": False,
        "mail.provider.suppress_dialog_on_startup": True,
        "mailnews.start_page.enabled": False,
        "calendar.timezone.useSystemTimezone": False,
        "calendar.timezone.local": "America/Los_Angeles",
        "network.proxy.type": 0,
    }
    (profile / "user.js").write_text(
        "".join(f"user_pref({json.dumps(k)}, {json.dumps(v)});\n" for k, v in settings.items())
    )
    command = ["thunderbird", "--headless", "--marionette", "--remote-allow-system-access",
               "--no-remote", "--profile", profile]  # fmt: skip
    environment = os.environ | {"MOZ_HEADLESS": "1"}
    program = subprocess.Popen(
        command, env=environment, stdin=subprocess.DEVNULL, stdout=sys.stderr, stderr=sys.stderr
    )
    driver = connected(port)
    driver.does("WebDriver:NewSession", capabilities={})
    driver.does("Marionette:SetContext", value="chrome")
    driver.does("WebDriver:SetTimeouts", script=60_000)
    return program, driver


def main(folder):
    program, driver = started(folder)
    try:
        for line in sys.stdin:
            try:
                asked = json.loads(line)
                arguments = [asked["url"], asked["first"], asked["last"]]
                answer = driver.does("WebDriver:ExecuteAsyncScript", script=LISTS, args=arguments)[
                    "value"
                ]
            except Exception:  # noqa: BLE001 - whatever it is, the test shall read it
                answer = {"error": traceback.format_exc()}
            print(json.dumps(answer), flush=True)
    finally:
        program.terminate()
        program.wait(30)


main(sys.argv[1])
