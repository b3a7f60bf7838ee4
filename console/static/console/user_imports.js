// The name of the chosen file goes with it, and the page of an import shows how far it has come. Without this script
// an import has no name but its id, and the page is reloaded by hand.
(function () {
  "use strict";

  const form = document.querySelector("form[data-user-import]");
  if (form) {
    form.addEventListener("submit", () => {
      const file = form.querySelector("input[type=file]").files[0];
      form.querySelector("input[name=fileName]").value = file ? file.name : "";
    });
  }

  const card = document.querySelector("[data-progress]");
  if (!card) return;

  async function follow() {
    let shown = null;
    try {
      const answer = await fetch(card.dataset.progress, { headers: { Accept: "application/json" } });
      if (answer.ok) shown = await answer.json();
    } catch {
      // The network is away: ask again.
    }
    if (shown) {
      if (!shown.isActive) { location.reload(); return; }
      card.querySelector("progress").value = shown.percent;
      card.querySelector("[data-text]").textContent = shown.text;
      for (const place of card.querySelectorAll("[data-count]")) place.textContent = shown[place.dataset.count];
    }
    setTimeout(follow, 1500);
  }

  setTimeout(follow, 1500);
})();
