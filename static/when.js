// Shows only the fields that the chosen way of repeating asks for, and the dates it would make.
const form = document.querySelector("form[data-when]");
const box = form?.querySelector("[data-preview]");

function chosen() {
  return form.querySelector('[name="repeats"]:checked')?.value;
}

function showFields() {
  for (const group of form.querySelectorAll("[data-repeats]")) {
    group.hidden = !group.dataset.repeats.split(" ").includes(chosen());
  }
  for (const group of form.querySelectorAll("[data-unless]")) {
    group.hidden = form.elements[group.dataset.unless].checked;
  }
}

let waiting;
let asked = 0;

async function showDates() {
  const turn = ++asked;
  const data = new FormData(form);
  for (const [name, value] of [...data]) if (value instanceof File) data.delete(name);
  const answer = await fetch(box.dataset.preview, {
    method: "POST",
    body: new URLSearchParams(data),
    headers: { accept: "text/html" },
  }).catch(() => null);
  if (!answer?.ok || turn !== asked) return;
  const page = new DOMParser().parseFromString(await answer.text(), "text/html");
  box.replaceChildren(...page.body.childNodes);
}

if (form && box) {
  document.documentElement.classList.add("has-script");
  showFields();
  showDates();
  form.addEventListener("change", showFields);
  form.addEventListener("input", () => {
    clearTimeout(waiting);
    waiting = setTimeout(showDates, 300);
  });
}
