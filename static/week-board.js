// Drag a card of the week board to another day, or press Alt with an arrow key on it. Either opens
// the page that says who is told, with the new day filled in; nothing changes before that is sent.

const board = document.getElementById("board");
const said = document.getElementById("board-said");

function open(card, column) {
  if (column.dataset.drop === card.dataset.day) return;
  said.textContent = said.dataset.moves.replace("{day}", column.dataset.label);
  location.assign(`${card.dataset.card}?day=${column.dataset.drop}`);
}

let dragged = null;

board.addEventListener("dragstart", (event) => {
  dragged = event.target.closest("[data-card]");
  dragged?.classList.add("board-card--lifted");
  event.dataTransfer.effectAllowed = "move";
  event.dataTransfer.setData("text/plain", dragged?.dataset.card ?? "");
});

board.addEventListener("dragover", (event) => {
  const column = event.target.closest("[data-drop]");
  if (!dragged || !column) return;
  event.preventDefault();
  for (const one of board.querySelectorAll(".board__day--over")) {
    if (one !== column) one.classList.remove("board__day--over");
  }
  column.classList.add("board__day--over");
});

board.addEventListener("drop", (event) => {
  const column = event.target.closest("[data-drop]");
  if (!dragged || !column) return;
  event.preventDefault();
  open(dragged, column);
});

board.addEventListener("dragend", () => {
  dragged?.classList.remove("board-card--lifted");
  dragged = null;
  for (const one of board.querySelectorAll(".board__day--over")) {
    one.classList.remove("board__day--over");
  }
});

board.addEventListener("keydown", (event) => {
  const step = { ArrowLeft: -1, ArrowUp: -1, ArrowRight: 1, ArrowDown: 1 }[event.key];
  const card = event.target.closest("[data-card][draggable]");
  if (!step || !event.altKey || !card) return;
  event.preventDefault();
  const columns = [...board.querySelectorAll("[data-drop]")];
  const column = columns[columns.indexOf(card.closest("[data-drop]")) + step];
  if (column) open(card, column);
});
