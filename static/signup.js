// A press of the button is told apart from the next by a random word; without this the server
// goes by what was written.
for (const form of document.querySelectorAll("form[data-signup]")) {
  form.elements.press.value = crypto.randomUUID?.() ?? String(Math.random()).slice(2);
}
