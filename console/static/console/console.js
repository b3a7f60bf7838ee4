// Copy buttons, secrets shown on request, questions before what cannot be undone, and tabs that stay open.
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
    button.innerHTML = '<span class="material-symbols-outlined">content_copy</span>';
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
    const slug = sessionStorage.getItem(openTab);
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

  document.addEventListener("alpine:initialized", reopenTab);
  document.addEventListener("keydown", (event) => {
    const tab = event.target instanceof Element && event.target.closest("[data-tab]");
    if (tab) stepBetweenTabs(event, tab);
  });

  document.addEventListener("click", (event) => {
    const target = event.target;
    if (!(target instanceof Element)) return;
    const tab = target.closest("[data-tab]");
    if (tab) sessionStorage.setItem(openTab, tab.dataset.tab);
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
    if (asked && !window.confirm(asked.dataset.confirm)) event.preventDefault();
  }, true);
})();
