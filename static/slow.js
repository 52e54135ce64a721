// Says what is happening while a form that takes some seconds is on its way, and sends it once.
for (const form of document.querySelectorAll("form[data-slow]")) {
  form.addEventListener("submit", (event) => {
    if (form.dataset.sent) {
      event.preventDefault();
      return;
    }
    form.dataset.sent = "yes";
    const words = form.querySelector("[data-slow-words]");
    if (words) words.hidden = false;
  });
}

// Coming back with the browser's button, the form may be sent again.
window.addEventListener("pageshow", () => {
  for (const form of document.querySelectorAll("form[data-slow]")) {
    delete form.dataset.sent;
    const words = form.querySelector("[data-slow-words]");
    if (words) words.hidden = true;
  }
});
