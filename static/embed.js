// <groundswell-calendar>: our public dates on another site's page. It asks this script's own site
// for them, without cookies, and builds plain elements, so it runs under the strictest policy.
const SITE = new URL("../", import.meta.url);
const FILTERS = ["kind", "venue", "city", "mode", "language", "tag", "q"];
const OLD_AFTER = 10 * 60 * 1000;
const WEEK = 7;

const WORDS = {
  en: {
    loading: "Loading the calendar …", none: "Nothing is planned in this time.",
    free: "Nothing planned", all: "Whole calendar", subscribe: "Subscribe", again: "Try again",
    failed: "The calendar cannot be reached just now.", old: "This may be out of date.",
    cancelled: "CANCELLED", online: "Online", hybrid: "In person and online", day: "All day",
    few: "Few places left", full: "Full: waitlist", title: "Calendar",
  },
  es: {
    loading: "Cargando el calendario …", none: "No hay nada previsto en este tiempo.",
    free: "Nada previsto", all: "Calendario completo", subscribe: "Suscribirse",
    again: "Probar otra vez", failed: "Ahora no se puede llegar al calendario.",
    old: "Puede que esto no esté al día.", cancelled: "CANCELADO", online: "En línea",
    hybrid: "En persona y en línea", day: "Todo el día", few: "Quedan pocos lugares",
    full: "Completo: lista de espera", title: "Calendario",
  },
};

function make(tag, name, ...inside) {
  const element = document.createElement(tag);
  if (name) element.className = name;
  element.append(...inside);
  return element;
}

function link(words, address, name) {
  const element = make("a", name, words);
  const url = new URL(address, SITE);
  if (url.protocol === "https:" || url.protocol === "http:") element.href = url.href;
  return element;
}

let sheet;
function style() {
  sheet ??= fetch(new URL("embed/calendar.css", SITE), { credentials: "omit" })
    .then((answer) => (answer.ok ? answer.text() : ""))
    .then((text) => new CSSStyleSheet().replace(text));
  sheet.catch(() => { sheet = undefined; });
  return sheet;
}

class GroundswellCalendar extends HTMLElement {
  static observedAttributes = [...FILTERS, "lang", "days", "limit", "view", "heading", "heading-level"];

  #shown; // what was fetched last, and when
  #at = 0;
  #asked = 0;
  #status = make("p", "status");
  #body = make("div", "calendar");
  #returned = () => {
    if (document.visibilityState === "visible" && Date.now() - this.#at > OLD_AFTER) this.#load();
  };

  connectedCallback() {
    if (!this.shadowRoot) {
      const root = this.attachShadow({ mode: "open" });
      this.#status.setAttribute("role", "status");
      this.#body.part = "calendar";
      root.append(this.#body);
      style().then((found) => { root.adoptedStyleSheets = [found]; }, () => {});
    }
    document.addEventListener("visibilitychange", this.#returned);
    this.#load();
  }

  disconnectedCallback() {
    document.removeEventListener("visibilitychange", this.#returned);
  }

  attributeChangedCallback(_name, before, after) {
    if (this.shadowRoot && before !== after) this.#load();
  }

  get #language() {
    const wanted = this.getAttribute("lang") || document.documentElement.lang || "en";
    return wanted.toLowerCase().startsWith("es") ? "es" : "en";
  }

  get #words() {
    return WORDS[this.#language];
  }

  #number(name, usual, most) {
    const given = Number.parseInt(this.getAttribute(name), 10);
    return given > 0 ? Math.min(given, most) : usual;
  }

  #query() {
    const query = new URLSearchParams();
    for (const name of FILTERS) {
      for (const value of (this.getAttribute(name) ?? "").split(",")) {
        if (value.trim()) query.append(name, value.trim());
      }
    }
    return query;
  }

  async #load() {
    const asked = ++this.#asked;
    const query = this.#query();
    if (this.#language === "es") query.set("lang", "es");
    if (!this.#shown) this.#say(this.#words.loading);
    try {
      const address = new URL("feeds/events.json", SITE);
      address.search = query;
      const answer = await fetch(address, { credentials: "omit", mode: "cors" });
      if (!answer.ok) throw new Error(answer.status);
      const found = await answer.json();
      if (asked !== this.#asked) return;
      this.#shown = found;
      this.#at = Date.now();
      this.#show(query);
      this.#say("");
    } catch {
      if (asked === this.#asked) this.#fail();
    }
  }

  #say(words, ...more) {
    this.#status.replaceChildren(words, ...more);
    if (!this.#status.isConnected) this.#body.append(this.#status);
  }

  #fail() {
    const again = make("button", "button", this.#words.again);
    again.type = "button";
    again.addEventListener("click", () => this.#load());
    const old = this.#shown ? ` ${this.#words.old}` : "";
    this.#say(`${this.#words.failed}${old} `, again);
  }

  #show(query) {
    const level = Math.min(Math.max(this.#number("heading-level", 2, 5), 2), 5);
    const title = this.getAttribute("heading") || this.#shown.name || this.#words.title;
    const head = make(`h${level}`, "title", title);
    head.part = "title";
    const week = this.getAttribute("view") === "week";
    const days = this.#days(week ? WEEK : this.#number("days", 14, 60), week);
    const list = make("div", "days", ...days.map((day) => this.#day(day, level + 1)));
    this.#body.lang = this.#language;
    this.#body.classList.toggle("week", week);
    const nothing = days.length ? [] : [make("p", "none", this.#words.none)];
    this.#body.replaceChildren(head, list, ...nothing, this.#foot(query), this.#status);
  }

  // The next days with their dates; in a week the days without any, too.
  #days(count, empty) {
    const dates = this.#shown.occurrences.slice(0, this.#number("limit", 200, 500));
    const zone = this.#shown.timezone ?? dates[0]?.timezone;
    const today = new Date().toLocaleDateString("en-CA", { timeZone: zone });
    const days = [];
    for (let number = 0; number < count; number += 1) {
      const noon = new Date(`${today}T12:00:00Z`);
      noon.setUTCDate(noon.getUTCDate() + number);
      const iso = noon.toISOString().slice(0, 10);
      const on = dates.filter((one) => one.starts_at.slice(0, 10) === iso);
      if (on.length || empty) days.push({ noon, iso, on });
    }
    return days;
  }

  #day({ noon, iso, on }, level) {
    const words = noon.toLocaleDateString(this.#language, {
      timeZone: "UTC", weekday: "long", month: "long", day: "numeric",
    });
    const time = make("time", "", words[0].toUpperCase() + words.slice(1));
    time.dateTime = iso;
    const name = make(`h${level}`, "name", time);
    const dates = make("ul", "dates", ...on.map((one) => this.#date(one)));
    dates.setAttribute("role", "list");
    const section = make("section", "day", name, on.length ? dates : make("p", "none", this.#words.free));
    section.part = "day";
    return section;
  }

  #date(one) {
    const words = this.#words;
    const cancelled = one.status === "cancelled";
    const time = make("time", "time", one.all_day ? words.day : this.#clock(one));
    time.dateTime = one.starts_at;
    const about = make("div", "about", link(one.title, one.url, "link"));
    const where = one.mode === "online" ? words.online : [
      one.venue?.name, one.venue?.city, one.mode === "hybrid" ? words.hybrid : "",
    ].filter(Boolean).join(", ");
    if (where) about.append(make("span", "more", where));
    const state = cancelled ? words.cancelled : words[one.availability];
    if (state) about.append(make("span", "more state", state));
    const item = make("li", cancelled ? "date cancelled" : "date", time, about);
    item.part = "date";
    return item;
  }

  #clock(one) {
    const english = this.#language === "en";
    const form = { timeZone: one.timezone, hour: english ? "numeric" : "2-digit", minute: "2-digit" };
    const starts = new Date(one.starts_at);
    const words = starts.toLocaleTimeString(english ? "en-US" : "es-MX", {
      ...form, hourCycle: english ? "h12" : "h23",
    }).replaceAll(/[\u00a0\u202f]/g, " ").toLowerCase();
    if (one.mode === "in-person") return words;
    const zone = new Intl.DateTimeFormat("en-US", { timeZone: one.timezone, timeZoneName: "short" })
      .formatToParts(starts).find((part) => part.type === "timeZoneName");
    return `${words} ${zone.value}`;
  }

  #foot(query) {
    const page = new URL(this.#shown.url, SITE);
    const more = new URL(`${this.#language === "es" ? "es/" : ""}subscribe/`, SITE);
    query.delete("lang");
    more.search = query;
    return make("p", "foot", link(this.#words.all, page), link(this.#words.subscribe, more));
  }
}

if (!customElements.get("groundswell-calendar")) {
  customElements.define("groundswell-calendar", GroundswellCalendar);
}
