// The roll call without waiting: a tap shows at once, is sent at once, and is sent again with the
// same id until the server has answered. Without this script the buttons are plain forms.

const root = document.getElementById("roll-call");
const said = document.getElementById("roll-said");
const undo = document.getElementById("roll-undo");
const words = root.dataset;
const BATCH = 200;
const LONGEST_WAIT = 30_000;

// Marks are ordered by time, so phones go by the server's clock and not by their own.
const clockOffset = Date.parse(words.now) - Date.now();
const queue = []; // { row, mark }, oldest first; sent marks leave when they are answered
let sending = false;
let failures = 0;
let retry = 0;
let refusal = ""; // what was refused last, until the next tap
let last = null; // { row, before } of the latest tap, for Undo

function uuid() {
  const bytes = crypto.getRandomValues(new Uint8Array(16));
  bytes[6] = (bytes[6] & 0x0f) | 0x40;
  bytes[8] = (bytes[8] & 0x3f) | 0x80;
  const hex = Array.from(bytes, (byte) => byte.toString(16).padStart(2, "0")).join("");
  return hex.replace(/^(.{8})(.{4})(.{4})(.{4})(.{12})$/, "$1-$2-$3-$4-$5");
}

function fill(text, values) {
  return text.replace(/\{(\w+)\}/g, (_, name) => values[name]);
}

function nameOf(row) {
  return row.querySelector(".roll__name").textContent;
}

function buttonOf(row, status) {
  return row.querySelector(`button[name="status"][value="${status}"]`);
}

function statusOf(row) {
  return row.querySelector('button[aria-pressed="true"]')?.value ?? "unmarked";
}

function show(row, status) {
  const marked = status !== "unmarked";
  for (const button of row.querySelectorAll("button[aria-pressed]")) {
    const on = button.value === status;
    button.setAttribute("aria-pressed", String(on));
    button.classList.toggle("mark-button--on", on);
  }
  row.className = marked ? `roll__row roll__row--${status.replace("_", "-")}` : "roll__row";
  buttonOf(row, "unmarked").hidden = !marked;
  const state = row.querySelector(".roll__state");
  const button = buttonOf(row, status);
  state.replaceChildren(
    ...(marked ? [button.querySelector("svg").cloneNode(true)] : []),
    marked ? button.querySelector("span").textContent : words.unmarked,
  );
  showCount();
}

function showCount() {
  const came = (row) => ["present", "late", "left_early"].includes(statusOf(row));
  const rows = [...root.querySelectorAll(".roll__row")];
  const waiting = (row) => row.closest('[aria-labelledby="waiting"]') !== null;
  const here = rows.filter(came).length;
  const names = rows.filter((row) => !waiting(row) || came(row)).length;
  const label = fill(words.hereOf, { here, names });
  const progress = document.getElementById("roll-progress");
  progress.max = Math.max(names, 1);
  progress.value = here;
  progress.textContent = label;
  progress.labels[0].textContent = label;
}

function showTrouble(text, link = "") {
  const box = document.getElementById("roll-trouble");
  const line = box.querySelector(".notice__words > p");
  box.hidden = text === "";
  line.textContent = text;
  if (link) {
    const way = document.createElement("a");
    way.href = link;
    way.target = "_blank";
    way.textContent = words.signIn;
    line.append(" ", way);
  }
}

function tap(row, status, walkIn = null) {
  last = { row, before: walkIn ? "unmarked" : statusOf(row) };
  undo.hidden = false;
  refusal = "";
  const marked_at = new Date(Date.now() + clockOffset).toISOString();
  queue.push({ row, mark: { id: uuid(), status, marked_at, walk_in: walkIn } });
  show(row, status);
  const state = row.querySelector(".roll__state").textContent;
  said.textContent = fill(words.said, { name: nameOf(row), state });
  send();
}

function personOf(row) {
  return Number(row.querySelector('input[name="person"]').value) || null;
}

// What can go now: a walk-in's later taps wait until the server has said who it is.
function sendable() {
  return queue
    .filter(({ row, mark }) => mark.walk_in || personOf(row))
    .slice(0, BATCH)
    .map(({ row, mark }) => (mark.walk_in ? mark : { ...mark, person: personOf(row) }));
}

function settle(outcome) {
  const at = queue.findIndex(({ mark }) => mark.id === outcome.id);
  if (at < 0) return;
  const [{ row, mark }] = queue.splice(at, 1);
  if (outcome.outcome === "refused") {
    refusal = fill(words.refused, { name: nameOf(row) });
    if (mark.walk_in) {
      for (let i = queue.length - 1; i >= 0; i -= 1) if (queue[i].row === row) queue.splice(i, 1);
      row.remove();
      undo.hidden = true;
      showCount();
    } else if (!queue.some((later) => later.row === row)) {
      show(row, row.dataset.stands);
    }
    return;
  }
  if (outcome.person) {
    row.id = `person-${outcome.person}`;
    row.querySelector('input[name="person"]').value = outcome.person;
  }
  row.dataset.stands = outcome.stands;
  // A later tap of ours is on its way; until it is answered the row shows that one.
  if (!queue.some((later) => later.row === row)) show(row, outcome.stands);
}

function tryAgain() {
  failures += 1;
  const taps = queue.length;
  showTrouble(taps === 1 ? words.waitingOne : fill(words.waitingMany, { count: taps }));
  clearTimeout(retry);
  retry = setTimeout(send, Math.min(1000 * 2 ** failures, LONGEST_WAIT));
}

async function send() {
  const marks = sendable();
  if (sending || marks.length === 0) return;
  sending = true;
  clearTimeout(retry);
  let answer = null;
  let body = null;
  try {
    answer = await fetch(words.marksUrl, {
      method: "POST",
      headers: { "Content-Type": "application/json" },
      body: JSON.stringify({ marks }),
    });
    if (answer.ok) body = await answer.json();
  } catch {
    answer = null; // no network: every tap is still in the queue
  }
  sending = false;
  if (body) {
    failures = 0;
    body.outcomes.forEach(settle);
    showTrouble(refusal);
    send();
  } else if (answer?.status === 401) {
    tryAgain();
    showTrouble(words.signedOut, words.signInUrl);
  } else if (answer === null || answer.status >= 500 || answer.status === 429) {
    tryAgain();
  } else {
    showTrouble(words.stopped);
  }
}

function addWalkIn(form) {
  const typed = form.elements.name.value.replace(/\s+/g, " ").trim();
  const name = typed.toWellFormed?.() ?? typed; // half a character would spoil the JSON
  if (name === "") return form.elements.name.focus();
  const row = document.getElementById("roll-new-row").content.firstElementChild.cloneNode(true);
  row.removeAttribute("id");
  row.querySelector(".roll__name").textContent = name;
  for (const hidden of row.querySelectorAll(".mark-button .visually-hidden")) {
    hidden.textContent = `: ${name}`;
  }
  row.dataset.stands = "unmarked";
  document.querySelector("#walk-in-roll .roll").append(row);
  form.reset();
  form.elements.name.focus();
  tap(row, "present", { name });
}

document.getElementById("roll-last").hidden = false;
undo.addEventListener("click", () => tap(last.row, last.before));

for (const row of root.querySelectorAll(".roll__row")) row.dataset.stands = statusOf(row);

root.addEventListener("submit", (event) => {
  if (event.target.id === "walk-in") {
    event.preventDefault();
    addWalkIn(event.target);
  } else if (event.submitter?.name === "status") {
    event.preventDefault();
    const row = event.target.closest(".roll__row");
    const status = event.submitter.value;
    const more = event.submitter.closest("details");
    if (more) {
      more.open = false;
      more.querySelector("summary").focus();
    }
    if (status !== statusOf(row)) tap(row, status);
  }
});

addEventListener("online", send);
document.addEventListener("visibilitychange", () => document.hidden || send());
addEventListener("beforeunload", (event) => queue.length > 0 && event.preventDefault());
