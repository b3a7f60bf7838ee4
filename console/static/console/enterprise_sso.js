// Enterprise connectors: fields that depend on others, and what an identity provider publishes while it is typed.
(function () {
  "use strict";

  function valueOf(form, name) {
    const field = form.elements[name];
    if (!field) return null;
    return field.type === "checkbox" ? field.checked : field.value;
  }

  function rowOf(field) {
    return field.closest(".field-row, .form-row") || field.parentElement;
  }

  function showDependents(form) {
    form.querySelectorAll("[data-shown-if]").forEach((field) => {
      const wanted = Object.entries(JSON.parse(field.dataset.shownIf));
      rowOf(field).hidden = !wanted.every(([name, value]) => [].concat(value).includes(valueOf(form, name)));
    });
  }

  let latest = 0;

  async function check(form, place) {
    const turn = ++latest;
    const found = place.querySelector("[data-sso-found]");
    found.setAttribute("aria-busy", "true");
    const answer = await fetch(place.dataset.ssoCheck, { method: "POST", body: new FormData(form) });
    if (turn !== latest) return;
    found.removeAttribute("aria-busy");
    if (answer.ok) found.innerHTML = await answer.text();
  }

  document.addEventListener("DOMContentLoaded", () => {
    const place = document.querySelector("[data-sso-check]");
    const form = document.querySelector("form[id$='_form']");
    if (!form) return;
    showDependents(form);
    form.addEventListener("change", () => showDependents(form));
    if (!place) return;
    place.querySelector("[data-sso-check-button]").addEventListener("click", () => check(form, place));
    ["config_issuer", "config_metadataUrl", "config_metadata", "config_x509Certificate"].forEach((name) => {
      const field = form.elements[name];
      if (field) field.addEventListener("change", () => field.value && check(form, place));
    });
  });
})();
