// The FAPI 2.0 Security Profile with openid-client, an OpenID-certified client library: private_key_jwt, pushed
// requests, PKCE and DPoP, for an application whose `protocolProfile` is `fapi2`.
import assert from "node:assert/strict";

import * as client from "openid-client";

import { Browser } from "./browser.mjs";

const setup = JSON.parse(process.env.SETUP);
const { endpoint, issuer, managementApi } = setup;
const redirectUri = "https://bank.example/callback";

const machine = await client.discovery(new URL(issuer), managementApi.clientId, managementApi.clientSecret, undefined, {
  execute: [client.allowInsecureRequests],
});
const { access_token: managementToken } = await client.clientCredentialsGrant(machine, {
  resource: managementApi.resource,
  scope: "all",
});
const { privateKey, publicKey } = await client.randomDPoPKeyPair("ES256", { extractable: true });
const jwk = { ...(await crypto.subtle.exportKey("jwk", publicKey)), kid: "one", alg: "ES256", use: "sig" };
delete jwk.key_ops;
delete jwk.ext;
const registration = await fetch(`${endpoint}/api/applications`, {
  method: "POST",
  headers: { authorization: `Bearer ${managementToken}`, "content-type": "application/json" },
  body: JSON.stringify({
    name: "Bank",
    type: "Traditional",
    oidcClientMetadata: { redirectUris: [redirectUri], postLogoutRedirectUris: [] },
    customClientMetadata: {
      protocolProfile: "fapi2",
      tokenEndpointAuthMethod: "private_key_jwt",
      jwks: { keys: [jwk] },
    },
  }),
});
const application = await registration.json();
assert.equal(registration.status, 200, JSON.stringify(application));

const config = await client.discovery(
  new URL(issuer),
  application.id,
  undefined,
  client.PrivateKeyJwt({ key: privateKey, kid: "one" }),
  { execute: [client.allowInsecureRequests] },
);
const DPoP = client.getDPoPHandle(config, await client.randomDPoPKeyPair("ES256"));
const pkceCodeVerifier = client.randomPKCECodeVerifier();
const [expectedState, expectedNonce] = [client.randomState(), client.randomNonce()];
const parameters = {
  redirect_uri: redirectUri,
  scope: "openid profile email offline_access",
  prompt: "consent",
  code_challenge: await client.calculatePKCECodeChallenge(pkceCodeVerifier),
  code_challenge_method: "S256",
  state: expectedState,
  nonce: expectedNonce,
};
const authorization = await client.buildAuthorizationUrlWithPAR(config, parameters, { DPoP });
const browser = new Browser(endpoint);
await browser.follow(authorization.href);
const next = await browser.register("carol@example.com", "A-long-and-winding-passphrase-7");
const callback = await browser.follow(next, redirectUri);
const checks = { pkceCodeVerifier, expectedState, expectedNonce };
const tokens = await client.authorizationCodeGrant(config, new URL(callback), checks, undefined, { DPoP });
assert.equal(tokens.token_type, "dpop");
const { sub, email } = tokens.claims();
assert.equal(email, undefined);
const userInfo = await client.fetchUserInfo(config, tokens.access_token, sub, { DPoP });
assert.equal(userInfo.email, "carol@example.com");
assert.ok(userInfo.updated_at <= Date.now() / 1000);
assert.ok(!Object.values(userInfo).includes(null));

const refreshed = await client.refreshTokenGrant(config, tokens.refresh_token, undefined, { DPoP });
assert.equal(refreshed.refresh_token, tokens.refresh_token);
await assert.rejects(client.refreshTokenGrant(config, tokens.refresh_token), { error: "invalid_request" });
await assert.rejects(client.fetchUserInfo(config, tokens.access_token, sub), { status: 401 });
console.log(JSON.stringify({ subject: sub }));
