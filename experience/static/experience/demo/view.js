// What the previews show: one part of the page at a time, and claims as a list.
"use strict";

const MOMENTS = new Set(["iat", "exp", "auth_time"]);
const at = (id) => document.getElementById(id);

function show(name) {
  for (const part of document.querySelectorAll("[data-part]")) part.hidden = !part.dataset.part.split(" ").includes(name);
}

function fail(error) {
  at("failure").textContent = error instanceof Refusal ? error.message : at("unexpected").textContent;
  at("failure").hidden = false;
}

function textOf(name, value) {
  if (MOMENTS.has(name)) return new Date(value * 1000).toLocaleString(configuration.language);
  if (name.endsWith("_at") && typeof value === "number") return new Date(value).toLocaleString(configuration.language);
  if (Array.isArray(value) && value.length && value.every((one) => typeof one === "string")) return value.join("\n");
  return typeof value === "string" ? value : JSON.stringify(value, null, 1);
}

function drawClaims(list, claims) {
  list.replaceChildren(...Object.entries(claims).flatMap(([name, value]) => {
    const term = document.createElement("dt"), detail = document.createElement("dd");
    term.textContent = name;
    term.dir = "ltr";
    detail.dir = "auto";
    detail.textContent = textOf(name, value);
    return [term, detail];
  }));
  list.hidden = false;
}

function drawOrganization({ id, name, description }) {
  const row = at("organization").content.firstElementChild.cloneNode(true);
  row.querySelector("bdi").textContent = name;
  row.querySelector("span").textContent = description || id;
  const button = row.querySelector("button");
  button.onclick = async () => {
    button.disabled = true;
    at("failure").hidden = true;
    try {
      drawClaims(row.querySelector("dl"), claimsOf(await refresh({ organization_id: id })));
    } catch (error) {
      fail(error);
    }
    button.disabled = false;
  };
  return row;
}

async function drawSignedIn(accessToken) {
  const user = await userInformation(accessToken);
  const name = user.name || user.username || user.email || user.phone_number || user.sub;
  at("monogram").textContent = [...name][0].toUpperCase();
  at("name").textContent = name;
  at("handle").textContent = [user.email, user.username, user.phone_number, user.sub].find((one) => one && one !== name) || "";
  drawClaims(at("id-token"), claimsOf(heldTokens().idToken));
  drawClaims(at("user-information"), user);
  const organizations = user.organization_data || [];
  at("no-organizations").hidden = organizations.length > 0;
  at("organizations").replaceChildren(...organizations.map(drawOrganization));
  show("signed-in");
}

/** Go on with tokens of before a reload; false if there are none, or none that are good any more. */
async function resume() {
  if (!heldTokens()) return false;
  try {
    await drawSignedIn(await refresh({}));
    return true;
  } catch (error) {
    if (!(error instanceof Refusal)) throw error;
    sessionStorage.removeItem(TOKENS);
    return false;
  }
}

at("sign-out").onclick = signOut;
at("copy-id-token").hidden = !navigator.clipboard;
at("copy-id-token").onclick = async ({ target }) => {
  await navigator.clipboard.writeText(heldTokens().idToken);
  target.textContent = target.dataset.done;
};
