// Connectors: the search of the gallery, fields that depend on others, and what is wrong while it is typed.
(function () {
  "use strict";

  // --- the gallery ---------------------------------------------------------------------------------------------------
  function search(box) {
    const count = document.querySelector("[data-gallery-count]");
    const wanted = box.value.trim().toLowerCase();
    let found = 0;
    document.querySelectorAll("[data-gallery]").forEach((section) => {
      let shown = 0;
      section.querySelectorAll("[data-name]").forEach((choice) => {
        choice.hidden = !choice.dataset.name.toLowerCase().includes(wanted);
        shown += choice.hidden ? 0 : 1;
      });
      section.hidden = !shown;
      found += shown;
    });
    count.textContent = found ? "" : count.dataset.none;
  }

  // --- fields that depend on others ------------------------------------------------------------------------------------
  function valueOf(form, name) {
    const field = form.elements[name];
    if (!field) return null;
    return field.type === "checkbox" ? field.checked : field.value;
  }

  function rowOf(field) {
    return field.closest(".field-row, .form-row, [class*='field-']") || field.parentElement;
  }

  function showDependents(form) {
    form.querySelectorAll("[data-shown-if]").forEach((field) => {
      const wanted = JSON.parse(field.dataset.shownIf);
      rowOf(field).hidden = !Object.entries(wanted).every(([name, value]) => valueOf(form, name) === value);
    });
  }

  // --- what is wrong, once a field was left ------------------------------------------------------------------------------
  const touched = new Set();
  let waiting = null;
  let latest = 0;

  function say(field, words) {
    const id = `live-${field.name || field.id}`;
    let place = document.getElementById(id);
    if (!place) {
      if (!words) return;
      place = document.createElement("p");
      place.id = id;
      place.className = "gh-error gh-live";
      // A list of boxes has one place for all of them.
      (field.closest("ul") || field.closest(".errors, .group") || field).after(place);
      field.setAttribute("aria-describedby", `${field.getAttribute("aria-describedby") || ""} ${id}`.trim());
    }
    place.textContent = words || "";
    place.hidden = !words;
    if (words) field.setAttribute("aria-invalid", "true");
    else field.removeAttribute("aria-invalid");
    // What the server said when the form was sent is out of date.
    const old = rowOf(field).querySelector("ul.errorlist");
    if (old) old.remove();
  }

  async function check(form, url) {
    const turn = ++latest;
    const answer = await fetch(url, { method: "POST", body: new FormData(form) });
    if (!answer.ok || turn !== latest) return;
    const { problems } = await answer.json();
    touched.forEach((name) => {
      const field = form.elements[name] instanceof RadioNodeList ? form.elements[name][0] : form.elements[name];
      if (field) say(field, problems[name]);
    });
  }

  function watch(form, url) {
    // A check that is due stays due: what is typed into the next field does not put it off for good.
    function soon(delay) {
      clearTimeout(waiting);
      waiting = setTimeout(() => check(form, url), delay);
    }
    showDependents(form);
    form.addEventListener("input", (event) => {
      showDependents(form);
      if (touched.has(event.target.name)) soon(400);
    });
    form.addEventListener("change", (event) => {
      showDependents(form);
      touched.add(event.target.name);
      soon(50);
    });
    form.addEventListener("focusout", (event) => {
      const { name, value, required } = event.target;
      if (!name || touched.has(name) || !required || value) return;
      touched.add(name);
      soon(50);
    });
  }

  document.addEventListener("DOMContentLoaded", () => {
    const box = document.querySelector("[data-gallery-search]");
    if (box) box.addEventListener("input", () => search(box));
    const page = document.querySelector("[data-check-url]");
    const form = page && page.querySelector("form#connector_form");
    if (form) watch(form, page.dataset.checkUrl);
  });
})();
