// Beside the program's time of what one can join from anywhere: the visitor's own, where it differs.
// The server leaves an empty <time hidden datetime data-zone> in those places and the phrase on this
// script's element. Words are in the page's language; 12 or 24 hours are the visitor's own choice.
const phrase = document.querySelector("script[data-your-time]")?.dataset.yourTime;
const language = document.documentElement.lang;
const chosen = navigator.language || language;
const locale = chosen.split("-")[0] === language ? chosen : language;
const own = new Intl.DateTimeFormat(chosen, { hour: "numeric" }).resolvedOptions();

// Browsers keep some cities under names that nobody uses any more.
const RENAMED = {
  Calcutta: "Kolkata", Katmandu: "Kathmandu", Kiev: "Kyiv", Rangoon: "Yangon", Saigon: "Ho Chi Minh",
};

function place(zone) {
  const city = zone.split("/").pop().replaceAll("_", " ");
  return RENAMED[city] ?? city;
}

function day(moment, zone) {
  return moment.toLocaleDateString("en-CA", { timeZone: zone });
}

function wall(moment, zone) {
  const clock = { timeZone: zone, hour: "2-digit", minute: "2-digit", hourCycle: "h23" };
  return `${day(moment, zone)} ${moment.toLocaleTimeString("en-CA", clock)}`;
}

function clock(moment) {
  const { timeZone, hourCycle } = own;
  const hour = hourCycle.startsWith("h2") ? "2-digit" : "numeric";
  const words = moment
    .toLocaleTimeString(locale, { timeZone, hourCycle, hour, minute: "2-digit" })
    .replaceAll(/[\u00a0\u202f]/g, " ");
  return language === "en" ? words.toLowerCase() : words;
}

function said(element) {
  const starts = new Date(element.dateTime);
  const { zone, ends } = element.dataset;
  if (wall(starts, zone) === wall(starts, own.timeZone)) return "";
  let time = clock(starts);
  if (ends) time += ` – ${clock(new Date(ends))}`;
  if (day(starts, zone) !== day(starts, own.timeZone)) {
    const date = { timeZone: own.timeZone, weekday: "short", month: "short", day: "numeric" };
    time = `${starts.toLocaleDateString(locale, date)}, ${time}`;
  }
  return phrase.replace("{time}", time).replace("{place}", place(own.timeZone));
}

for (const element of document.querySelectorAll("time[data-zone]")) {
  element.textContent = said(element);
  element.hidden = !element.textContent;
}
