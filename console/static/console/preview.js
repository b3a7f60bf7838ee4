// What users would see with a form's values, shown next to it before it is saved: the server puts it in words.
(function () {
  "use strict";

  const form = document.querySelector("form[data-preview]");
  const place = form && form.querySelector("[data-preview-place]");
  if (!place) return;
  let asked = 0;

  async function show() {
    const number = ++asked;
    const values = new URLSearchParams(new FormData(form));
    values.delete("csrfmiddlewaretoken");
    const answer = await fetch(`${form.dataset.preview}?${values}`);
    // A later change has been asked about meanwhile.
    if (!answer.ok || number !== asked) return;
    place.innerHTML = await answer.text();
  }

  form.addEventListener("change", show);
})();
