// The hosted pages next to the form, with its values before they are saved. The server draws them; what comes back is
// shown in a frame without origin, in which nothing runs.
(function () {
  "use strict";

  const place = document.querySelector("[data-page-preview]");
  const form = place && document.getElementById(place.dataset.of);
  if (!form) return;
  const controls = place.querySelector("form");
  const screen = place.querySelector("[data-screen]");
  const told = place.querySelector("[data-preview-told]");
  let asked = 0;
  let waiting = 0;

  // A new frame each time: another address in the same one would be a step of the browser's history.
  function draw(html) {
    const old = screen.querySelector("iframe");
    const frame = old.cloneNode();
    frame.removeAttribute("src");
    frame.srcdoc = html;
    frame.hidden = true;
    frame.addEventListener("load", () => {
      screen.querySelectorAll("iframe").forEach((other) => { if (other !== frame) other.remove(); });
      frame.hidden = false;
    });
    screen.append(frame);
  }

  // Who may only look has no values of their own.
  function ask() {
    const chosen = new URLSearchParams(new FormData(controls));
    if (!("drafts" in place.dataset)) return fetch(`${place.dataset.pagePreview}?${chosen}`);
    const values = new URLSearchParams(new FormData(form));
    chosen.forEach((value, name) => values.set(name, value));
    return fetch(place.dataset.pagePreview, { method: "POST", body: values });
  }

  async function show() {
    const number = ++asked;
    try {
      const answer = await ask();
      if (!answer.ok) throw new Error(String(answer.status));
      const html = await answer.text();
      // A later change has been asked about meanwhile.
      if (number !== asked) return;
      draw(html);
      told.textContent = told.dataset.fresh;
    } catch {
      told.textContent = told.dataset.failed;
    }
  }

  function later() {
    clearTimeout(waiting);
    waiting = setTimeout(show, 300);
  }

  function turn() {
    screen.dataset.device = controls.querySelector("[name=preview-device]:checked").value;
  }

  form.addEventListener("input", later);
  form.addEventListener("change", later);
  controls.addEventListener("change", () => { turn(); later(); });
  turn();
  // What the browser has kept of the form over a reload is not what is saved.
  addEventListener("pageshow", later);
})();
