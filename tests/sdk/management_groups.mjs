// The published management SDK drives each main group of the Management API; every call is checked for its status.
import assert from "node:assert/strict";

import { createManagementApi } from "@logto/api/management";

const setup = JSON.parse(process.env.SETUP);
const { clientId, clientSecret, resource } = setup.managementApi;
const { apiClient } = createManagementApi("default", {
  clientId,
  clientSecret,
  baseUrl: setup.endpoint,
  apiIndicator: resource,
});

async function ok(status, call) {
  const { data, error, response } = await call;
  assert.equal(response.status, status, `${response.url}: ${JSON.stringify(error)}`);
  return data;
}
const path = (parameters) => ({ params: { path: parameters } });
const query = (parameters) => ({ params: { query: parameters } });
const names = (rows) => rows.map(({ name }) => name);

// Users, by page, by search, and what belongs to one.
const alice = await ok(
  200,
  apiClient.POST("/api/users", { body: { username: "alice_groups", primaryEmail: "alice.groups@example.com", name: "Alice", password: "walnut tractor 51" } }),
);
const userId = alice.id;
await ok(200, apiClient.PATCH("/api/users/{userId}", { ...path({ userId }), body: { name: "Alice Archer", customData: { plan: "gold" } } }));
assert.deepEqual(await ok(200, apiClient.PATCH("/api/users/{userId}/custom-data", { ...path({ userId }), body: { customData: { seats: 2 } } })), { plan: "gold", seats: 2 });
const found = await apiClient.GET("/api/users", query({ page: 1, page_size: 1, search: "%groups%" }));
assert.equal(found.response.headers.get("total-number"), "1");
assert.equal(found.data[0].name, "Alice Archer");
assert.equal((await ok(200, apiClient.GET("/api/users/{userId}/has-password", path({ userId })))).hasPassword, true);
await ok(204, apiClient.POST("/api/users/{userId}/password/verify", { ...path({ userId }), body: { password: "walnut tractor 51" } }));
const token = await ok(201, apiClient.POST("/api/users/{userId}/personal-access-tokens", { ...path({ userId }), body: { name: "laptop", expiresAt: null } }));
assert.match(token.value, /^pat_/);
const factor = await ok(200, apiClient.POST("/api/users/{userId}/mfa-verifications", { ...path({ userId }), body: { type: "Totp" } }));
assert.equal(factor.type, "Totp");
assert.equal((await ok(200, apiClient.GET("/api/users/{userId}/mfa-verifications", path({ userId })))).length, 1);

// Resources and roles.
const api = await ok(201, apiClient.POST("/api/resources", { body: { name: "Orders", indicator: "https://orders.groups.example" } }));
const scope = await ok(201, apiClient.POST("/api/resources/{resourceId}/scopes", { ...path({ resourceId: api.id }), body: { name: "read:orders", description: "Reads" } }));
const role = await ok(200, apiClient.POST("/api/roles", { body: { name: "Reader", description: "Reads orders", type: "User", scopeIds: [scope.id] } }));
// By contract the answer is the word `Created`: the client has to be told that it is no JSON.
await ok(201, apiClient.POST("/api/roles/{id}/users", { ...path({ id: role.id }), body: { userIds: [userId] }, parseAs: "text" }));
assert.deepEqual(names(await ok(200, apiClient.GET("/api/roles/{id}/users", path({ id: role.id })))), ["Alice Archer"]);
assert.deepEqual(names(await ok(200, apiClient.GET("/api/roles/{id}/scopes", path({ id: role.id })))), ["read:orders"]);

// Applications.
const application = await ok(200, apiClient.POST("/api/applications", { body: { name: "Groups", type: "MachineToMachine" } }));
await ok(201, apiClient.POST("/api/applications/{id}/secrets", { ...path({ id: application.id }), body: { name: "second", expiresAt: null } }));
await ok(200, apiClient.PATCH("/api/applications/{id}", { ...path({ id: application.id }), body: { description: "A robot" } }));
assert.equal((await ok(200, apiClient.GET("/api/applications/{id}", path({ id: application.id })))).description, "A robot");

// Organizations, the template and invitations.
const organization = await ok(201, apiClient.POST("/api/organizations", { body: { name: "Groups" } }));
const organizationScope = await ok(201, apiClient.POST("/api/organization-scopes", { body: { name: "edit:groups" } }));
const organizationRole = await ok(
  201,
  apiClient.POST("/api/organization-roles", { body: { name: "Groups editor", organizationScopeIds: [organizationScope.id], resourceScopeIds: [] } }),
);
await ok(201, apiClient.POST("/api/organizations/{id}/users", { ...path({ id: organization.id }), body: { userIds: [userId] } }));
await ok(
  201,
  apiClient.POST("/api/organizations/{id}/users/{userId}/roles", {
    ...path({ id: organization.id, userId }),
    body: { organizationRoleIds: [organizationRole.id] },
  }),
);
assert.deepEqual(
  names(await ok(200, apiClient.GET("/api/organizations/{id}/users/{userId}/scopes", path({ id: organization.id, userId })))),
  ["edit:groups"],
);
await ok(201, apiClient.POST("/api/organizations/{id}/jit/email-domains", { ...path({ id: organization.id }), body: { emailDomain: "groups.example" } }));
const invitation = await ok(
  201,
  apiClient.POST("/api/organization-invitations", {
    body: { invitee: "bob.groups@example.com", organizationId: organization.id, expiresAt: Date.now() + 86_400_000, organizationRoleIds: [organizationRole.id], messagePayload: false },
  }),
);
assert.equal(invitation.status, "Pending");
const revoked = await ok(200, apiClient.PUT("/api/organization-invitations/{id}/status", { ...path({ id: invitation.id }), body: { status: "Revoked" } }));
assert.equal(revoked.status, "Revoked");

// Connectors and enterprises.
const factories = await ok(200, apiClient.GET("/api/connector-factories"));
assert.ok(factories.some(({ id }) => id === "github-universal"));
const connector = await ok(
  200,
  apiClient.POST("/api/connectors", { body: { connectorId: "github-universal", config: { clientId: "id", clientSecret: "secret" } } }),
);
await ok(200, apiClient.PATCH("/api/connectors/{id}", { ...path({ id: connector.id }), body: { syncProfile: true } }));
await ok(204, apiClient.DELETE("/api/connectors/{id}", path({ id: connector.id })));
const enterprise = await ok(200, apiClient.POST("/api/sso-connectors", { body: { providerName: "SAML", connectorName: "Groups" } }));
await ok(204, apiClient.DELETE("/api/sso-connectors/{id}", path({ id: enterprise.id })));

// The sign-in experience, its words and its fields.
await ok(200, apiClient.PATCH("/api/sign-in-exp", { body: { termsOfUseUrl: "https://groups.example/terms" } }));
await ok(201, apiClient.PUT("/api/custom-phrases/{languageTag}", { ...path({ languageTag: "sv-SE" }), body: { action: { sign_in: "Logga in" } } }));
const field = await ok(201, apiClient.POST("/api/custom-profile-fields", { body: { name: "company", type: "Text", label: "Company", required: false, config: {} } }));
assert.equal(field.sieOrder > 0, true);
await ok(200, apiClient.PATCH("/api/account-center", { body: { enabled: true, fields: { name: "Edit" } } }));

// Webhooks, the audit log, figures, domains, configuration.
const hook = await ok(201, apiClient.POST("/api/hooks", { body: { name: "Mirror", events: ["User.Created"], config: { url: "https://hooks.groups.example" } } }));
assert.equal(typeof hook.signingKey, "string");
await ok(200, apiClient.PATCH("/api/hooks/{id}", { ...path({ id: hook.id }), body: { enabled: false } }));
assert.deepEqual(await ok(200, apiClient.GET("/api/hooks/{id}/recent-logs", path({ id: hook.id }))), []);
await ok(204, apiClient.DELETE("/api/hooks/{id}", path({ id: hook.id })));
const logs = await ok(200, apiClient.GET("/api/logs", query({ page_size: 5 })));
const entry = await ok(200, apiClient.GET("/api/logs/{id}", path({ id: logs[0].id })));
assert.equal(entry.key, logs[0].key);
const total = await ok(200, apiClient.GET("/api/dashboard/users/total"));
assert.ok(total.totalUserCount >= 1);
await ok(200, apiClient.GET("/api/dashboard/users/new"));
await ok(200, apiClient.GET("/api/dashboard/users/active"));
assert.deepEqual(await ok(200, apiClient.GET("/api/domains")), []);
assert.equal((await ok(200, apiClient.GET("/api/configs/oidc/session"))).ttl > 0, true);
await ok(200, apiClient.GET("/api/configs/oidc/{keyType}", path({ keyType: "private-keys" })));

// One-time and subject tokens.
const link = await ok(201, apiClient.POST("/api/one-time-tokens", { body: { email: "bob.groups@example.com" } }));
const used = await ok(200, apiClient.POST("/api/one-time-tokens/verify", { body: { email: "bob.groups@example.com", token: link.token } }));
assert.equal(used.status, "consumed");
assert.match((await ok(201, apiClient.POST("/api/subject-tokens", { body: { userId } }))).subjectToken, /^sub_/);

// A request that is sent twice under one key is carried out once.
const twice = { body: { name: "Once" }, headers: { "Idempotency-Key": "groups-once" } };
const [first, second] = [await apiClient.POST("/api/organizations", twice), await apiClient.POST("/api/organizations", twice)];
assert.equal(first.data.id, second.data.id);
assert.equal(second.response.headers.get("idempotent-replayed"), "true");
assert.match(second.response.headers.get("ratelimit"), /^"client";r=\d+;t=\d+$/);

await ok(204, apiClient.DELETE("/api/users/{userId}", path({ userId })));
console.log(JSON.stringify({ user: userId }));
