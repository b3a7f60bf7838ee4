// The editor of a language: finds phrases while one types, marks what has changed, and takes back single phrases.
(function () {
  "use strict";

  const form = document.querySelector("form[data-words]");
  if (!form) return;
  const filter = form.querySelector("[data-filter]");
  const search = form.querySelector("[data-search]");
  const ownOnly = form.querySelector("[data-own-only]");
  const found = form.querySelector("[data-found]");
  const phrases = [...form.querySelectorAll("[data-phrase]")].map((row) => ({
    row,
    field: row.querySelector("textarea"),
    text: row.querySelector(".gh-phrase-source").textContent.toLowerCase(),
  }));

  function mark({ row, field }) {
    const is = (name, shown) => { const part = row.querySelector(name); if (part) part.hidden = !shown; };
    is("[data-own]", field.value.trim() !== "");
    is("[data-unsaved]", field.value !== field.dataset.stored);
    is("[data-reset]", field.value !== "");
  }

  function show() {
    const wanted = search.value.trim().toLowerCase();
    let count = 0;
    for (const { row, field, text } of phrases) {
      const fits = !wanted || text.includes(wanted) || field.value.toLowerCase().includes(wanted);
      row.hidden = !fits || (ownOnly.checked && field.value.trim() === "");
      if (!row.hidden) count += 1;
    }
    for (const section of form.querySelectorAll("[data-section]")) {
      section.hidden = !section.querySelector("[data-phrase]:not([hidden])");
    }
    found.textContent = found.dataset.text.replace("#", count);
  }

  phrases.forEach((phrase) => {
    mark(phrase);
    phrase.field.addEventListener("input", () => mark(phrase));
    const reset = phrase.row.querySelector("[data-reset]");
    if (reset) reset.addEventListener("click", () => {
      phrase.field.value = "";
      mark(phrase);
      phrase.field.focus();
    });
  });
  search.addEventListener("input", show);
  ownOnly.addEventListener("change", show);
  // Searching is not sending.
  search.addEventListener("keydown", (event) => { if (event.key === "Enter") event.preventDefault(); });
  // Only what has changed is sent.
  form.addEventListener("submit", () => phrases.forEach(({ field }) => { field.disabled = field.value === field.dataset.stored; }));
  filter.hidden = false;
  show();
})();
