// Shows the print buttons, which can do nothing without a script, and gives them their action.
for (const button of document.querySelectorAll("button[data-print]")) {
  button.hidden = false;
  button.addEventListener("click", () => window.print());
}
