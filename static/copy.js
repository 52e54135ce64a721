// A button beside each address that copies it; without scripts the field is selected by hand.
for (const button of document.querySelectorAll("[data-copy]")) {
  const field = document.getElementById(button.dataset.copy);
  const status = document.querySelector(`[data-copy-status="${button.dataset.copy}"]`);
  const before = button.textContent;
  let waiting;

  field.addEventListener("focus", () => field.select());
  if (!navigator.clipboard) continue; // plain http: the browser keeps the clipboard to itself
  button.hidden = false;
  button.addEventListener("click", async () => {
    try {
      await navigator.clipboard.writeText(field.value);
    } catch {
      field.focus();
      return;
    }
    button.textContent = button.dataset.done;
    status.textContent = button.dataset.done;
    clearTimeout(waiting);
    waiting = setTimeout(() => {
      button.textContent = before;
      status.textContent = "";
    }, 4000);
  });
}
