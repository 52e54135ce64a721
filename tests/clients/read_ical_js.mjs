// ical.js, the library of Thunderbird's kin, as a program that lists dates.
//
// Asked in lines of JSON on standard input, it answers in lines of JSON: see programs.py.
import { createInterface } from "node:readline";

const { default: ICAL } = await import(process.argv[2]);

const tags = new Map(); // what a subscriber keeps by address: tag and text

async function fetched(url) {
  const known = tags.get(url);
  const headers = known ? { "If-None-Match": known.tag } : {};
  const answer = await fetch(url, { headers });
  if (answer.status === 304) return known.text;
  if (!answer.ok) throw new Error(`${url}: ${answer.status}`);
  const text = await answer.text();
  tags.set(url, { tag: answer.headers.get("ETag"), text });
  return text;
}

function said(time) {
  if (time.isDate) return time.toString();
  if (time.zone === ICAL.Timezone.localTimezone) throw new Error(`floating: ${time}`);
  return time.toJSDate().toISOString().replace(".000Z", "Z");
}

function* dates(event, last) {
  if (!event.isRecurring()) {
    yield { start: event.startDate, end: event.endDate, item: event };
    return;
  }
  // A date may have been moved to an earlier day than its own: look somewhat further.
  const enough = last + 400 * 86_400_000;
  const found = event.iterator();
  for (let next = found.next(); next && next.toJSDate() < enough; next = found.next()) {
    const { startDate: start, endDate: end, item } = event.getOccurrenceDetails(next);
    yield { start, end, item };
  }
}

function listed(text, first, last) {
  const calendar = ICAL.Component.fromString(text);
  const series = new Map(); // by UID: left to itself ical.js takes the exceptions of all
  for (const part of calendar.getAllSubcomponents("vevent")) {
    const uid = part.getFirstPropertyValue("uid");
    if (!series.has(uid)) series.set(uid, { masters: [], exceptions: [] });
    const { masters, exceptions } = series.get(uid);
    (part.hasProperty("recurrence-id") ? exceptions : masters).push(part);
  }
  const shown = [];
  for (const { masters, exceptions } of series.values()) {
    const events = masters.map((part) => new ICAL.Event(part, { exceptions }));
    if (!masters.length) events.push(...exceptions.map((part) => new ICAL.Event(part)));
    for (const { start, end, item } of events.flatMap((event) => [...dates(event, last)])) {
      if (start.toJSDate() < first || start.toJSDate() >= last) continue;
      const cancelled = item.component.getFirstPropertyValue("status") === "CANCELLED";
      shown.push([said(start), said(end), cancelled, item.summary]);
    }
  }
  return shown.sort();
}

for await (const line of createInterface({ input: process.stdin })) {
  let answer;
  try {
    const asked = JSON.parse(line);
    const text = asked.text ?? (await fetched(asked.url));
    answer = { dates: listed(text, Date.parse(asked.first), Date.parse(asked.last)) };
  } catch (error) {
    answer = { error: String(error?.stack ?? error) };
  }
  process.stdout.write(JSON.stringify(answer) + "\n");
}
