// Rows of a parent: names for their fields, and values that outlive the removal of a row before them.
(function () {
  "use strict";

  // In rows of a parent the head of the column is all that says what a field is for.
  function nameRowFields() {
    document.querySelectorAll("#main td[class*=field-]").forEach((cell) => {
      const name = /(?:^| )field-(\w+)/.exec(cell.className);
      const head = name && cell.closest("table").querySelector(`th.column-${name[1]}`);
      if (!head) return;
      cell.querySelectorAll("input, select, textarea").forEach((field) => {
        if (!field.labels || !field.labels.length) field.setAttribute("aria-label", head.textContent.replace("*", "").trim());
      });
    });
    document.querySelectorAll("#main th").forEach((head) => {
      if (!head.textContent.trim()) head.setAttribute("role", "cell");
    });
  }

  // The theme writes the rows after a removed one again from their markup, which does not know what was typed.
  function writeValuesDown(rows) {
    rows.querySelectorAll("input").forEach((field) => {
      if (["checkbox", "radio"].includes(field.type)) field.toggleAttribute("checked", field.checked);
      else field.setAttribute("value", field.value);
    });
    rows.querySelectorAll("textarea").forEach((field) => { field.textContent = field.value; });
    rows.querySelectorAll("option").forEach((option) => option.toggleAttribute("selected", option.selected));
  }

  document.addEventListener("DOMContentLoaded", nameRowFields);
  document.addEventListener("click", (event) => {
    const button = event.target instanceof Element && event.target.closest(".delete-template");
    if (button) writeValuesDown(button.closest(".formset"));
  }, true);
})();
