// Lists in an order of the developer's own: rows are dragged, or moved by their buttons.
(function () {
  "use strict";

  let dragged = null;

  function tell(row) {
    const rows = [...row.parentElement.children];
    const status = row.closest(".gh-ordered").querySelector("[data-ordered-status]");
    status.textContent = status.dataset.words
      .replace("{name}", row.dataset.title)
      .replace("{place}", rows.indexOf(row) + 1)
      .replace("{count}", rows.length);
    // The form asks before it is left with changes.
    row.querySelector("input").dispatchEvent(new Event("change", { bubbles: true }));
  }

  function move(row, step) {
    const other = step < 0 ? row.previousElementSibling : row.nextElementSibling;
    if (!other) return;
    if (step < 0) other.before(row);
    else other.after(row);
    tell(row);
  }

  document.addEventListener("click", (event) => {
    const button = event.target instanceof Element && event.target.closest("[data-move]");
    if (!button) return;
    move(button.closest("li"), Number(button.dataset.move));
    button.focus();
  });

  document.addEventListener("dragstart", (event) => {
    const row = event.target instanceof Element && event.target.closest("[data-ordered] > li");
    if (!row) return;
    dragged = row;
    event.dataTransfer.effectAllowed = "move";
    row.classList.add("gh-dragged");
  });

  document.addEventListener("dragover", (event) => {
    const over = event.target instanceof Element && event.target.closest("[data-ordered] > li");
    if (!dragged || !over || over.parentElement !== dragged.parentElement) return;
    event.preventDefault();
    const { top, height } = over.getBoundingClientRect();
    if (over === dragged) return;
    if (event.clientY < top + height / 2) over.before(dragged);
    else over.after(dragged);
  });

  document.addEventListener("drop", (event) => {
    if (dragged) event.preventDefault();
  });

  document.addEventListener("dragend", () => {
    if (!dragged) return;
    dragged.classList.remove("gh-dragged");
    tell(dragged);
    dragged = null;
  });
})();
