// A public client of the provider: what every application in a browser does, without a library.
"use strict";

const configuration = JSON.parse(document.getElementById("configuration").textContent);
const TOKENS = `gatehouse.${configuration.clientId}`;

/** What the provider refused, in words for the person who looks on; `error` is the OAuth name. */
class Refusal extends Error {
  constructor(body) {
    super(body.message || body.error_description || body.error);
    this.error = body.error;
  }
}

async function call(path, options) {
  const answer = await fetch(configuration.issuer + path, { ...options, cache: "no-store" });
  const body = JSON.parse((await answer.text()) || "{}");
  if (!answer.ok) throw new Refusal(body);
  return body;
}

function post(path, values) {
  const headers = { "Accept-Language": configuration.language };
  return call(path, { method: "POST", headers, body: new URLSearchParams({ client_id: configuration.clientId, ...values }) });
}

function claimsOf(token) {
  const text = atob(token.split(".")[1].replaceAll("-", "+").replaceAll("_", "/"));
  return JSON.parse(new TextDecoder().decode(Uint8Array.from(text, (letter) => letter.charCodeAt(0))));
}

function heldTokens() {
  return JSON.parse(sessionStorage.getItem(TOKENS) || "null");
}

/** Keep what the token endpoint answered. It came over TLS from the issuer itself, so only its claims are checked. */
function keep(answer, expectedNonce) {
  const held = { ...heldTokens(), refreshToken: answer.refresh_token };
  if (answer.id_token) {
    const claims = claimsOf(answer.id_token);
    const isOurs = claims.iss === configuration.issuer && claims.aud === configuration.clientId;
    if (!isOurs || (expectedNonce && claims.nonce !== expectedNonce)) throw new Error("id_token");
    held.idToken = answer.id_token;
  }
  sessionStorage.setItem(TOKENS, JSON.stringify(held));
  return answer.access_token;
}

/** Return an access token: for user information, or for one organization. */
async function refresh(values) {
  const answer = await post("/token", { grant_type: "refresh_token", refresh_token: heldTokens().refreshToken, ...values });
  return keep(answer);
}

function userInformation(accessToken) {
  return call("/me", { headers: { Authorization: `Bearer ${accessToken}` } });
}

async function signOut() {
  const held = heldTokens();
  sessionStorage.removeItem(TOKENS);
  await post("/token/revocation", { token: held.refreshToken }).catch(() => {});
  const query = new URLSearchParams({ client_id: configuration.clientId, post_logout_redirect_uri: configuration.address });
  location.assign(`${configuration.issuer}/session/end?${query}`);
}
