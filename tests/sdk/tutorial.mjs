// The multi-tenant tutorial, from sign-up to sign-out, with the published Node SDK and `jose` as resource server.
// Reads the installation's set-up as JSON from the environment variable SETUP and prints what it saw as JSON.
import assert from "node:assert/strict";

import LogtoClient, { LogtoRequestError, UserScope } from "@logto/node";

import { Backend } from "./backend.mjs";
import { Browser } from "./browser.mjs";

const setup = JSON.parse(process.env.SETUP);
const api = "https://api.documind.com";
const { clientId, redirectUri } = setup.demoApp;
const backend = new Backend(setup);
const seen = {};

class MemoryStorage {
  items = new Map();
  async getItem(key) { return this.items.get(key) ?? null; }
  async setItem(key, value) { this.items.set(key, value); }
  async removeItem(key) { this.items.delete(key); }
}

function newVisitor() {
  const visitor = { browser: new Browser(setup.endpoint) };
  visitor.client = new LogtoClient(
    {
      endpoint: setup.endpoint,
      appId: clientId,
      scopes: [UserScope.Organizations, UserScope.Email, "read:documents", "create:documents", "create:organization"],
      resources: [api],
    },
    { storage: new MemoryStorage(), navigate: (url) => { visitor.url = url; } },
  );
  return visitor;
}

async function signUp(visitor, email) {
  await visitor.client.signIn({ redirectUri, firstScreen: "register" });
  const page = await visitor.browser.follow(visitor.url);
  assert.equal(new URL(page).pathname, "/register");
  const next = await visitor.browser.register(email, "A-long-and-winding-passphrase-7");
  const callback = await visitor.browser.follow(next, redirectUri);
  assert.ok(new URL(callback).searchParams.get("code"), callback);
  await visitor.client.handleSignInCallback(callback);
}

// 1. A user signs up on the hosted pages.
const alice = newVisitor();
await signUp(alice, "alice@example.com");
const claims = await alice.client.getIdTokenClaims();
assert.equal(claims.email, "alice@example.com");
assert.equal(claims.aud, clientId);
assert.deepEqual((await alice.client.fetchUserInfo()).organization_data, []);

// 2. A token for the tutorial's API lets the backend create an organization for her.
const apiToken = await backend.verify(await alice.client.getAccessToken(api), api);
assert.equal(apiToken.scope, "create:organization");
assert.equal(apiToken.sub, claims.sub);
const created = await backend.api("POST", "/organizations", { name: "Wonderland", description: "A workspace" });
assert.equal(created.status, 201);
const organization = created.body;
assert.match(organization.id, /^[0-9a-z]{12}$/);

// 3. She becomes a member with the role Admin of the template.
const added = await backend.api("POST", `/organizations/${organization.id}/users`, { userIds: [claims.sub] });
assert.equal(added.status, 201);
const admin = await backend.roleNamed("Admin");
const roles = `/organizations/${organization.id}/users/${claims.sub}/roles`;
assert.equal((await backend.api("POST", roles, { organizationRoleIds: [admin.id] })).status, 201);

// 4. Her organization token follows at once, with the refresh token she already has.
const urn = `urn:logto:organization:${organization.id}`;
const adminToken = await backend.verify(await alice.client.getOrganizationToken(organization.id), urn);
assert.deepEqual(adminToken.scope.split(" ").sort(), ["create:documents", "read:documents"]);
assert.equal(typeof adminToken.aud, "string");
const info = await alice.client.fetchUserInfo();
assert.deepEqual(info.organization_data, [{ id: organization.id, name: "Wonderland", description: "A workspace" }]);

// 5. As Collaborator she reads only.
const collaborator = await backend.roleNamed("Collaborator");
await backend.api("PUT", roles, { organizationRoleIds: [collaborator.id] });
await alice.client.clearAccessToken();
const readToken = await backend.verify(await alice.client.getOrganizationToken(organization.id), urn);
assert.equal(readToken.scope, "read:documents");

// 6. A nonmember gets nothing.
const bob = newVisitor();
await signUp(bob, "bob@example.com");
await assert.rejects(bob.client.getOrganizationToken(organization.id), (error) => {
  seen.nonmember = error.code;
  return error instanceof LogtoRequestError && error.code === "oidc.access_denied";
});

// 7. Signing out revokes the refresh token and ends the session.
const refreshToken = await alice.client.getRefreshToken();
await alice.client.signOut("http://localhost:5173/");
await alice.browser.follow(alice.url);
const form = await alice.browser.lastResponse.text();
const xsrf = /name="xsrf" value="([^"]+)"/.exec(form)[1];
const confirmed = await alice.browser.fetch(`${setup.issuer}/session/end/confirm`, {
  method: "POST",
  redirect: "manual",
  body: new URLSearchParams({ xsrf, logout: "yes" }),
});
assert.equal(confirmed.status, 303);
assert.equal(confirmed.headers.get("location"), "http://localhost:5173/");
const reused = await fetch(`${setup.issuer}/token`, {
  method: "POST",
  body: new URLSearchParams({ grant_type: "refresh_token", client_id: clientId, refresh_token: refreshToken }),
});
assert.equal(reused.status, 400);
assert.equal((await reused.json()).error, "invalid_grant");

console.log(JSON.stringify({ ...seen, organization: organization.id, adminScope: adminToken.scope, readScope: readToken.scope }));
