// Copy buttons, secrets shown on request, and questions before what cannot be undone.
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

  document.addEventListener("click", (event) => {
    const target = event.target;
    if (!(target instanceof Element)) return;
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
