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
  for (const group of form.querySelectorAll("[data-scope]")) {
    group.hidden = group.dataset.scope !== form.querySelector('[name="scope"]:checked')?.value;
  }
  for (const group of form.querySelectorAll("[data-unless]")) {
    group.hidden = form.elements[group.dataset.unless].checked;
  }
}

let waiting;
let asking;

// An XMLHttpRequest reads a page by itself, so that no text has to be trusted as markup here.
function showDates() {
  const data = new FormData(form);
  for (const [name, value] of [...data]) if (value instanceof File) data.delete(name);
  asking?.abort();
  asking = new XMLHttpRequest();
  asking.open("POST", box.dataset.preview);
  asking.responseType = "document";
  asking.onload = (event) => {
    const page = event.target.response;
    if (event.target.status === 200 && page) box.replaceChildren(...page.body.childNodes);
  };
  asking.send(new URLSearchParams(data));
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
