"use strict";
(() => {
  const bar = document.querySelector(".find");
  const input = bar.querySelector("input");
  const output = bar.querySelector("output");
  const operations = [...document.querySelectorAll("details[data-find]")];
  const sections = [...document.querySelectorAll("section")];
  bar.hidden = false;

  function find() {
    const words = input.value.toLowerCase().split(/\s+/).filter(Boolean);
    let count = 0;
    for (const operation of operations) {
      operation.hidden = !words.every((word) => operation.dataset.find.includes(word));
      count += operation.hidden ? 0 : 1;
    }
    for (const section of sections) {
      section.hidden = !section.querySelector("details:not([hidden])");
    }
    output.textContent = words.length ? `${count} of ${operations.length}` : `${operations.length}`;
  }

  function open() {
    const target = location.hash.length > 1 && document.getElementById(decodeURIComponent(location.hash.slice(1)));
    if (target && target.localName === "details") {
      target.hidden = false;
      target.closest("section").hidden = false;
      target.open = true;
      target.scrollIntoView();
    }
  }

  input.addEventListener("input", find);
  addEventListener("hashchange", open);
  addEventListener("keydown", (event) => {
    if (event.key === "/" && document.activeElement !== input && !event.ctrlKey && !event.metaKey) {
      event.preventDefault();
      input.focus();
    } else if (event.key === "Escape" && document.activeElement === input && input.value) {
      input.value = "";
      find();
    }
  });
  for (const operation of operations) {
    operation.addEventListener("toggle", () => {
      if (operation.open) history.replaceState(null, "", `#${operation.id}`);
    });
  }
  find();
  open();
})();
