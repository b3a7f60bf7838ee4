// The preview of an email template: what is typed is sent to the server, which fills it in, and shown inert.
(function () {
  "use strict";

  const panel = document.querySelector("[data-mail-preview]");
  if (!panel) return;
  const form = document.querySelector("form[id$='_form']");
  const frame = panel.querySelector("[data-html]");
  const text = panel.querySelector("[data-text]");
  const noText = panel.querySelector("[data-no-text]");
  const buttons = [...panel.querySelectorAll("[data-show]")];
  let shown = { html: frame.srcdoc, text: text.textContent };
  let mode = "wide";
  let dark = false;
  let waiting = null;
  let asked = 0;

  function draw() {
    const asText = mode === "text" || !shown.html;
    // What the email says of dark readers is shown as the button says, whatever the developer's own preference.
    const html = (shown.html || "").replace(/\(\s*prefers-color-scheme\s*:\s*dark\s*\)/gi, dark ? "(min-width: 0)" : "(max-width: 0)");
    if (frame.srcdoc !== html) frame.srcdoc = html;
    frame.hidden = asText;
    text.hidden = !asText;
    noText.hidden = !(asText && shown.html && !shown.text);
    frame.classList.toggle("gh-narrow", mode === "narrow");
    buttons.forEach((button) => button.setAttribute("aria-pressed", String(button.dataset.show === mode)));
  }

  // Message and language of a template that exists are fixed, and not among the form's values.
  function chosen() {
    const values = new FormData(form);
    if (!values.get("template_type")) values.set("template_type", panel.dataset.kind);
    if (!values.get("language_tag")) values.set("language_tag", panel.dataset.language);
    return values;
  }

  async function show() {
    const number = ++asked;
    const answer = await fetch(panel.dataset.mailPreview, { method: "POST", body: chosen() });
    // A later change has been asked about meanwhile.
    if (!answer.ok || number !== asked) return;
    shown = await answer.json();
    panel.querySelector("[data-subject]").textContent = shown.subject;
    panel.querySelector("[data-built-in]").hidden = !shown.isBuiltIn;
    text.textContent = shown.text;
    draw();
  }

  function later() {
    clearTimeout(waiting);
    waiting = setTimeout(show, 300);
  }

  buttons.forEach((button) => button.addEventListener("click", () => { mode = button.dataset.show; draw(); }));
  panel.querySelector("[data-dark]").addEventListener("click", (event) => {
    dark = !dark;
    event.currentTarget.setAttribute("aria-pressed", String(dark));
    draw();
  });
  panel.querySelector("[data-begin]").addEventListener("click", async () => {
    const values = chosen();
    const asks = new URLSearchParams(["template_type", "language_tag"].map((name) => [name, values.get(name)]));
    const answer = await fetch(`${panel.dataset.words}?${asks}`);
    if (!answer.ok) return;
    const words = await answer.json();
    const fields = { subject: "subject", content_type: "contentType", content: "content", text_content: "textContent" };
    for (const [name, key] of Object.entries(fields)) {
      form.elements[name].value = words[key];
      form.elements[name].dispatchEvent(new Event("change", { bubbles: true }));
    }
    form.elements.subject.focus();
    show();
  });

  form.addEventListener("input", later);
  form.addEventListener("change", later);
  draw();
})();
