// Discovery, code flow with PKCE, refresh and logout with openid-client, an OpenID-certified client library.
import assert from "node:assert/strict";

import * as client from "openid-client";

import { Browser } from "./browser.mjs";

const setup = JSON.parse(process.env.SETUP);
const { clientId, redirectUri } = setup.demoApp;

const config = await client.discovery(new URL(setup.issuer), clientId, undefined, client.None(), {
  execute: [client.allowInsecureRequests],
});
const verifier = client.randomPKCECodeVerifier();
const state = client.randomState();
const nonce = client.randomNonce();
const authorization = client.buildAuthorizationUrl(config, {
  redirect_uri: redirectUri,
  scope: "openid profile email offline_access",
  prompt: "consent",
  code_challenge: await client.calculatePKCECodeChallenge(verifier),
  code_challenge_method: "S256",
  state,
  nonce,
});
const browser = new Browser(setup.endpoint);
await browser.follow(authorization.href);
const next = await browser.register("carol@example.com", "A-long-and-winding-passphrase-7");
const callback = await browser.follow(next, redirectUri);
const tokens = await client.authorizationCodeGrant(config, new URL(callback), {
  pkceCodeVerifier: verifier,
  expectedState: state,
  expectedNonce: nonce,
});
const userInfo = await client.fetchUserInfo(config, tokens.access_token, tokens.claims().sub);
assert.equal(userInfo.email, "carol@example.com");

const refreshed = await client.refreshTokenGrant(config, tokens.refresh_token);
assert.notEqual(refreshed.refresh_token, tokens.refresh_token);
assert.equal(refreshed.claims().sub, tokens.claims().sub);

await client.tokenRevocation(config, refreshed.refresh_token);
await assert.rejects(client.refreshTokenGrant(config, refreshed.refresh_token), { error: "invalid_grant" });

const logout = client.buildEndSessionUrl(config, {
  id_token_hint: refreshed.id_token,
  post_logout_redirect_uri: "http://localhost:5173/",
  state: "bye",
});
await browser.follow(logout.href);
const xsrf = /name="xsrf" value="([^"]+)"/.exec(await browser.lastResponse.text())[1];
const confirmed = await browser.fetch(`${setup.issuer}/session/end/confirm`, {
  method: "POST",
  redirect: "manual",
  body: new URLSearchParams({ xsrf, logout: "yes" }),
});
assert.equal(confirmed.headers.get("location"), "http://localhost:5173/?state=bye");
console.log(JSON.stringify({ subject: userInfo.sub }));
