// Colors and pictures of the look: a color by digits or picked, a picture dropped, chosen or named by its address.
(function () {
  "use strict";

  // How much white makes a brand color fit for dark pages; the pages do the same where a tenant names none.
  const LIGHTER = 0.3;

  function digits(value) {
    const short = /^#([0-9a-f])([0-9a-f])([0-9a-f])$/i.exec(value);
    if (short) return "#" + short.slice(1).map((digit) => digit + digit).join("");
    return /^#[0-9a-f]{6}$/i.test(value) ? value : "";
  }

  function lighter(color) {
    const parts = [1, 3, 5].map((start) => parseInt(color.slice(start, start + 2), 16));
    const mixed = parts.map((part) => Math.round(part + (255 - part) * LIGHTER));
    return "#" + mixed.map((part) => part.toString(16).padStart(2, "0")).join("");
  }

  function put(field, value) {
    field.value = value;
    field.dispatchEvent(new Event("input", { bubbles: true }));
    field.dispatchEvent(new Event("change", { bubbles: true }));
  }

  const textOf = (place) => place.querySelector("input:not([type=color]):not([type=file])");

  function showColor(place) {
    const color = digits(textOf(place).value);
    const pick = place.querySelector("[data-color-pick]");
    if (color && pick) pick.value = color;
  }

  function show(place) {
    const address = textOf(place).value;
    const image = place.querySelector("[data-picture-image]");
    const isShown = /^https?:\/\//.test(address);
    if (isShown) image.src = address;
    image.hidden = !isShown;
    place.querySelector("[data-picture-empty]").hidden = isShown;
    const remove = place.querySelector("[data-picture-remove]");
    if (remove) remove.hidden = !address;
  }

  async function upload(place, file) {
    const status = place.querySelector("[data-picture-status]");
    status.textContent = status.dataset.sending;
    place.classList.remove("gh-picture-failed");
    try {
      const token = document.querySelector("input[name=csrfmiddlewaretoken]").value;
      const headers = { "X-CSRFToken": token, "Content-Type": "application/octet-stream" };
      const answer = await fetch(place.dataset.upload, { method: "POST", headers, body: file });
      const said = await answer.json();
      if (!answer.ok) throw new Error(said.message);
      put(textOf(place), said.url);
      status.textContent = status.dataset.sent;
    } catch (error) {
      place.classList.add("gh-picture-failed");
      const isWorded = error instanceof Error && error.constructor === Error && error.message;
      status.textContent = isWorded ? error.message : status.dataset.failed;
    }
  }

  document.addEventListener("click", (event) => {
    const button = event.target.closest("button");
    if (!button) return;
    const picture = button.closest("[data-picture]");
    const color = button.closest("[data-color]");
    if (button.matches("[data-picture-choose]")) picture.querySelector("[data-picture-file]").click();
    if (button.matches("[data-picture-remove]")) {
      put(textOf(picture), "");
      textOf(picture).focus();
    }
    if (button.matches("[data-color-clear]")) put(textOf(color), "");
    if (button.matches("[data-color-lighter]")) {
      const base = digits(document.getElementById(button.dataset.colorLighter).value);
      if (base) put(textOf(color), lighter(base));
    }
  });

  document.addEventListener("change", (event) => {
    const field = event.target;
    const picture = field.closest("[data-picture]");
    if (!picture) return;
    // An address is shown when it is there as a whole.
    if (field === textOf(picture)) show(picture);
    if (!field.matches("[data-picture-file]") || !field.files.length) return;
    upload(picture, field.files[0]);
    field.value = "";
  });

  document.addEventListener("input", (event) => {
    const field = event.target;
    const color = field.closest("[data-color]");
    if (field.matches("[data-color-pick]")) put(textOf(color), field.value);
    else if (color) showColor(color);
  });

  for (const kind of ["dragover", "dragleave", "drop"]) {
    document.addEventListener(kind, (event) => {
      const place = event.target.closest && event.target.closest("[data-picture]");
      if (!place || !place.dataset.upload) return;
      event.preventDefault();
      place.classList.toggle("gh-picture-over", kind === "dragover");
      if (kind === "drop" && event.dataTransfer.files.length) upload(place, event.dataTransfer.files[0]);
    });
  }

  document.querySelectorAll("[data-color]").forEach(showColor);
})();
