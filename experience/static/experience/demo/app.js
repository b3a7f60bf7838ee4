// The authorization code flow with PKCE (RFC 7636), as a single-page application runs it.
"use strict";

const REQUEST = `${TOKENS}.request`;
// What an address of this page may ask of the sign-in experience.
const FORWARDED = ["direct_sign_in", "identifier", "login_hint", "organization_id", "ui_locales", "one_time_token"];

function base64url(bytes) {
  return btoa(String.fromCharCode(...new Uint8Array(bytes))).replaceAll("+", "-").replaceAll("/", "_").replaceAll("=", "");
}

const random = () => base64url(crypto.getRandomValues(new Uint8Array(32)));

async function begin(screen) {
  const request = { state: random(), nonce: random(), verifier: random() };
  sessionStorage.setItem(REQUEST, JSON.stringify(request));
  const digest = await crypto.subtle.digest("SHA-256", new TextEncoder().encode(request.verifier));
  const query = new URLSearchParams({
    client_id: configuration.clientId,
    redirect_uri: configuration.address,
    response_type: "code",
    scope: configuration.scope,
    resource: configuration.resource,
    // The pages are shown even to who is signed in already: they are what is tried here.
    prompt: "login consent",
    first_screen: screen,
    ui_locales: configuration.language,
    state: request.state,
    nonce: request.nonce,
    code_challenge: base64url(digest),
    code_challenge_method: "S256",
  });
  const wishes = new URLSearchParams(location.search);
  for (const name of FORWARDED) if (wishes.has(name)) query.set(name, wishes.get(name));
  location.assign(`${configuration.issuer}/auth?${query}`);
}

async function finish(answer) {
  const request = JSON.parse(sessionStorage.getItem(REQUEST) || "null");
  sessionStorage.removeItem(REQUEST);
  history.replaceState(null, "", configuration.address);
  if (!request || answer.get("state") !== request.state || answer.get("iss") !== configuration.issuer) return false;
  if (answer.has("error")) throw new Refusal(Object.fromEntries(answer));
  const tokens = await post("/token", {
    grant_type: "authorization_code",
    code: answer.get("code"),
    redirect_uri: configuration.address,
    code_verifier: request.verifier,
  });
  await drawSignedIn(keep(tokens, request.nonce));
  return true;
}

async function start() {
  if (!crypto.subtle) return show("insecure");
  show("busy");
  const answer = new URLSearchParams(location.search);
  try {
    if (answer.has("state") ? await finish(answer) : await resume()) return;
  } catch (error) {
    fail(error);
  }
  show("signed-out");
}

for (const button of document.querySelectorAll("[data-screen]")) button.onclick = () => begin(button.dataset.screen);
// Back from the sign-in page by the browser's button, the page may be the very one that was left.
addEventListener("pageshow", ({ persisted }) => { if (persisted) start(); });
start();
