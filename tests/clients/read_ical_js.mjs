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
  const parts = calendar.getAllSubcomponents("vevent");
  const masters = new Set();
  for (const part of parts) {
    if (!part.hasProperty("recurrence-id")) masters.add(part.getFirstPropertyValue("uid"));
  }
  const shown = [];
  for (const part of parts) {
    const alone = !masters.has(part.getFirstPropertyValue("uid"));
    if (part.hasProperty("recurrence-id") && !alone) continue; // its master brings it along
    for (const { start, end, item } of dates(new ICAL.Event(part), last)) {
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
