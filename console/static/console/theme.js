// Pages outside of a tenant follow the theme chosen inside of one.
(function () {
  let theme = "auto";
  try {
    theme = JSON.parse(localStorage.getItem("adminTheme") || '"auto"');
  } catch {
    theme = "auto";
  }
  const dark = theme === "dark" || (theme === "auto" && matchMedia("(prefers-color-scheme: dark)").matches);
  document.documentElement.classList.toggle("dark", dark);
})();
