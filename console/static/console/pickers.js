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

  function start(root) {
    root.querySelectorAll("select.gh-picker").forEach((list) => {
      // The row that new rows are copied from stays as it is.
      if (list.name.includes("__prefix__") || list.classList.contains("select2-hidden-accessible")) return;
      $(list).select2(options(list));
    });
  }

  $(() => start(document));
  document.addEventListener("formset:added", (event) => start(event.target));
  // The rows after a removed one are written anew: their lists are started again.
  document.addEventListener("click", (event) => {
    const button = event.target instanceof Element && event.target.closest(".delete-template");
    if (button) $(button.closest(".formset")).find("select.select2-hidden-accessible").select2("destroy");
  }, true);
  document.addEventListener("formset:removed", () => start(document));
}
