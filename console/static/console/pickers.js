// Every list that is searched by typing is started here, once: those of the page, and those of rows that are added or follow a removed one.
"use strict";
{
  const $ = django.jQuery;

  // Lists that hold all their choices are searched in place; the others ask the server for what was typed.
  function options(list) {
    if (!list.dataset["ajax-Url"]) return {};
    const { appLabel, modelName, fieldName } = list.dataset;
    return {
      ajax: {
        data: ({ term, page }) => ({ term, page, app_label: appLabel, model_name: modelName, field_name: fieldName }),
      },
    };
  }

  // The box stands for the list, and has that one's name for screen readers.
  function name(list) {
    const label = list.labels[0];
    const said = label ? (label.querySelector("span") || label).textContent.trim() : list.getAttribute("aria-label");
    if (!said) return;
    list.nextElementSibling.querySelectorAll("[role=combobox], [role=textbox], [role=searchbox]").forEach((box) => {
      box.removeAttribute("aria-labelledby");
      box.setAttribute("aria-label", said);
    });
  }

  function start(root) {
    root.querySelectorAll("select.gh-picker").forEach((list) => {
      // The row that new rows are copied from stays as it is.
      if (list.name.includes("__prefix__") || list.classList.contains("select2-hidden-accessible")) return;
      $(list).select2(options(list));
      name(list);
    });
  }

  $(() => start(document));
  document.addEventListener("formset:added", (event) => start(event.target));
  // The rows after a removed one are written again: their lists are started again.
  document.addEventListener("click", (event) => {
    const button = event.target instanceof Element && event.target.closest(".delete-template");
    if (button) $(button.closest(".formset")).find("select.select2-hidden-accessible").select2("destroy");
  }, true);
  document.addEventListener("formset:removed", () => start(document));
}
