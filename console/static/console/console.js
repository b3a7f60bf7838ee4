// Copy buttons, secrets shown on request, questions before what cannot be undone, tabs that stay open, and names
// for screen readers where the theme has none.
(function () {
  "use strict";

  function csrfToken() {
    const field = document.querySelector("input[name=csrfmiddlewaretoken]");
    return field ? field.value : "";
  }

  function tell(button, icon) {
    const symbol = button.querySelector(".material-symbols-outlined");
    if (!symbol) return;
    symbol.textContent = icon;
    setTimeout(() => { symbol.textContent = "content_copy"; }, 1500);
  }

  async function copy(button) {
    const value = button.dataset.copy;
    try {
      await navigator.clipboard.writeText(value);
    } catch {
      // Without https there is no clipboard interface: the older way.
      const field = document.createElement("textarea");
      field.value = value;
      field.style.position = "fixed";
      field.style.opacity = "0";
      document.body.append(field);
      field.select();
      document.execCommand("copy");
      field.remove();
    }
    tell(button, "check");
  }

  function copyButton(value) {
    const button = document.createElement("button");
    button.type = "button";
    button.className = "gh-copy-button";
    button.dataset.copy = value;
    const other = document.querySelector(".gh-copy-button[aria-label]");
    if (other) button.setAttribute("aria-label", other.getAttribute("aria-label"));
    button.innerHTML = '<span class="material-symbols-outlined" aria-hidden="true">content_copy</span>';
    return button;
  }

  async function reveal(place) {
    const answer = await fetch(place.dataset.reveal, { method: "POST", headers: { "X-CSRFToken": csrfToken() } });
    if (!answer.ok) return;
    const value = (await answer.json()).value;
    place.querySelector("code").textContent = value;
    place.querySelector("[data-reveal-button]").replaceWith(copyButton(value));
  }

  // The section that was open is open again after saving, unless another one has an error to show.
  const openTab = `tab:${location.pathname}`;

  function reopenTab() {
    // A link from elsewhere names its section.
    const named = location.hash.slice(1);
    const slug = named && document.getElementById(`tab-${named}`) ? named : sessionStorage.getItem(openTab);
    if (!slug || document.querySelector("[data-tab-bad]")) return;
    const tab = document.querySelector(`[data-tab="${CSS.escape(slug)}"]`);
    if (tab) tab.click();
  }

  function stepBetweenTabs(event, tab) {
    const step = { ArrowRight: 1, ArrowLeft: -1 }[event.key];
    if (!step) return;
    const tabs = [...tab.parentElement.querySelectorAll("[data-tab]")];
    const next = tabs[(tabs.indexOf(tab) + step + tabs.length) % tabs.length];
    next.focus();
    next.click();
    event.preventDefault();
  }

  // The theme gives its main part no role, and everything that scrolls the same name.
  function nameLandmarks() {
    const main = document.getElementById("main");
    if (!main) return;
    main.setAttribute("role", "main");
    main.querySelectorAll("[data-simplebar]").forEach((list, index) => {
      list.dataset.simplebarAriaLabel = index ? `${document.title} ${index + 1}` : document.title;
    });
  }

  // The theme's icons are words in a font of pictures, which a screen reader would read out.
  const ICON = ".material-symbols-outlined:not([aria-hidden])";

  function silenceIcons() {
    document.querySelectorAll(ICON).forEach((icon) => icon.setAttribute("aria-hidden", "true"));
  }

  function skipToContent(event) {
    const main = document.getElementById("main");
    if (!main) return;
    event.preventDefault();
    main.tabIndex = -1;
    main.focus();
  }

  document.addEventListener("DOMContentLoaded", silenceIcons);
  document.addEventListener("DOMContentLoaded", () => {
    new MutationObserver(silenceIcons).observe(document.body, { childList: true, subtree: true });
  });
  document.addEventListener("DOMContentLoaded", nameLandmarks);
  document.addEventListener("alpine:initialized", reopenTab);
  document.addEventListener("keydown", (event) => {
    const tab = event.target instanceof Element && event.target.closest("[data-tab]");
    if (tab) stepBetweenTabs(event, tab);
  });

  // The theme expects a field of its own next to every file, also of those that are just sent.
  document.addEventListener("change", (event) => {
    const chosen = event.target;
    if (chosen instanceof HTMLInputElement && "sent" in chosen.dataset) event.stopPropagation();
  }, true);

  // Other files are not sent: what is in one is put where it could be pasted, too.
  document.addEventListener("change", async (event) => {
    const chosen = event.target;
    if (!(chosen instanceof HTMLInputElement) || !chosen.dataset.readInto || !chosen.files.length) return;
    // The theme expects a field of its own next to every file.
    event.stopPropagation();
    const place = document.getElementById(chosen.dataset.readInto);
    place.value = await chosen.files[0].text();
    chosen.value = "";
    place.dispatchEvent(new Event("input", { bubbles: true }));
    place.focus();
  }, true);

  document.addEventListener("click", (event) => {
    const target = event.target;
    if (!(target instanceof Element)) return;
    const tab = target.closest("[data-tab]");
    if (tab) sessionStorage.setItem(openTab, tab.dataset.tab);
    if (target.closest("[data-skip]")) skipToContent(event);
    const copied = target.closest("[data-copy]");
    if (copied) {
      event.preventDefault();
      event.stopPropagation();
      copy(copied);
      return;
    }
    const shown = target.closest("[data-reveal-button]");
    if (shown) {
      event.preventDefault();
      reveal(shown.closest("[data-reveal]"));
      return;
    }
    const asked = target.closest("[data-confirm]");
    // Taking a mark back needs no second thought.
    if (asked && asked.type === "checkbox" && !asked.checked) return;
    if (asked && !window.confirm(asked.dataset.confirm)) event.preventDefault();
  }, true);
})();
