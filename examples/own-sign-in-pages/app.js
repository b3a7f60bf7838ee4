// Draws the screen of the address, and goes on to the next one.

import { api } from "./api.js";
import { attempt } from "./journey.js";
import { screenOf } from "./screens.js";

const place = document.getElementById("app");

function element(name, attributes = {}, ...children) {
  const made = document.createElement(name);
  for (const [key, value] of Object.entries(attributes)) {
    if (key.startsWith("on")) made.addEventListener(key.slice(2), value);
    else if (value !== undefined && value !== false) made.setAttribute(key, value === true ? "" : value);
  }
  made.append(...children);
  return made;
}

async function go(path) {
  const address = new URL(path, location.href);
  // Pages that are not ours to draw.
  if (address.searchParams.has("pages") || path === "/unknown-session") return location.assign(address);
  history.pushState({}, "", address);
  return draw();
}

function run(step, alert, form) {
  return async (event) => {
    event.preventDefault();
    alert.textContent = "";
    form.querySelectorAll("button").forEach((button) => { button.disabled = true; });
    try {
      await go(await attempt(() => step(form)));
    } catch (error) {
      alert.textContent = error.message;
    } finally {
      form.querySelectorAll("button").forEach((button) => { button.disabled = false; });
    }
  };
}

function sent(screen) {
  return (form) => {
    const values = new FormData(form);
    return screen.send(Object.fromEntries(values), values.getAll("organization"));
  };
}

function show(screen) {
  const alert = element("p", { role: "alert" });
  const form = element("form", { novalidate: false });
  for (const { name, label, ...rest } of screen.fields ?? []) {
    form.append(element("label", {}, label, element("input", { name, required: true, autocapitalize: "none", ...rest })));
  }
  for (const { id, name } of screen.choices ?? []) {
    form.append(element("label", {}, element("input", { type: "checkbox", name: "organization", value: id }), name));
  }
  form.append(alert);
  if (screen.submit) form.append(element("button", { type: "submit" }, screen.submit));
  if (screen.send) form.addEventListener("submit", run(sent(screen), alert, form));
  for (const { label, press } of screen.buttons ?? []) {
    form.append(element("button", { type: "button", onclick: run(press, alert, form) }, label));
  }
  const links = (screen.links ?? []).map(([label, path]) =>
    element("a", { href: path, onclick: (event) => { event.preventDefault(); go(path); } }, label));
  const text = screen.text ? [element("p", {}, screen.text)] : [];
  place.replaceChildren(element("h1", {}, screen.title), ...text, form, element("nav", {}, ...links));
  place.querySelector("input")?.focus();
}

// The server's word is in the page; a page that is opened from elsewhere asks for it.
const known = window.logtoSsr?.signInExperience?.data;
const settings = known ?? await api.settings();

async function draw() {
  try {
    const screen = await screenOf(settings);
    if (typeof screen === "string") return await go(screen);
    show(screen);
  } catch (error) {
    show({ title: "This did not work", text: error.message, links: [["Start again", "/sign-in"]] });
  }
}

document.documentElement.style.setProperty("--accent", settings.color.primaryColor);
document.documentElement.lang = "en";
addEventListener("popstate", draw);
await draw();
