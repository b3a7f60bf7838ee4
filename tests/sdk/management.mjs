// The published management SDK sets a tenant up: application, API, roles, organization template, organization, member.
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
  assert.equal(response.status, status, JSON.stringify(error));
  return data;
}
const byId = (id, more = {}) => ({ params: { path: { id, ...more } } });

const application = await ok(
  200,
  apiClient.POST("/api/applications", { body: { name: "Shop", type: "Traditional", oidcClientMetadata: { redirectUris: ["https://shop.example/callback"], postLogoutRedirectUris: [] } } }),
);
assert.equal(application.id.length, 21);
const secrets = await ok(200, apiClient.GET("/api/applications/{id}/secrets", byId(application.id)));
assert.equal(secrets[0].name, "Default secret");

const api = await ok(201, apiClient.POST("/api/resources", { body: { name: "Shop API", indicator: "https://api.shop.example" } }));
const scope = await ok(
  201,
  apiClient.POST("/api/resources/{resourceId}/scopes", { params: { path: { resourceId: api.id } }, body: { name: "read:orders" } }),
);
const role = await ok(
  200,
  apiClient.POST("/api/roles", { body: { name: "Clerk", description: "Reads orders.", type: "User", scopeIds: [scope.id] } }),
);
const user = await ok(200, apiClient.POST("/api/users", { body: { primaryEmail: "alice@example.com", name: "Alice" } }));
await ok(201, apiClient.POST("/api/users/{userId}/roles", { params: { path: { userId: user.id } }, body: { roleIds: [role.id] } }));

const organization = await ok(201, apiClient.POST("/api/organizations", { body: { name: "Acme" } }));
await ok(201, apiClient.POST("/api/organizations/{id}/users", { ...byId(organization.id), body: { userIds: [user.id] } }));
const roles = await ok(200, apiClient.GET("/api/organization-roles"));
const admin = roles.find(({ name }) => name === "Admin");
await ok(
  201,
  apiClient.POST("/api/organizations/{id}/users/{userId}/roles", {
    ...byId(organization.id, { userId: user.id }),
    body: { organizationRoleIds: [admin.id] },
  }),
);
const members = await ok(200, apiClient.GET("/api/organizations/{id}/users", byId(organization.id)));
assert.deepEqual(members.map(({ id, organizationRoles }) => [id, organizationRoles.map(({ name }) => name)]), [[user.id, ["Admin"]]]);

const settings = await ok(200, apiClient.PATCH("/api/sign-in-exp", { body: { color: { primaryColor: "#0f766e", isDarkModeEnabled: true, darkPrimaryColor: "#2dd4bf" } } }));
assert.equal(settings.color.primaryColor, "#0f766e");

await ok(200, apiClient.PATCH("/api/users/{userId}/is-suspended", { params: { path: { userId: user.id } }, body: { isSuspended: true } }));
await ok(204, apiClient.DELETE("/api/users/{userId}", { params: { path: { userId: user.id } } }));
const missing = await apiClient.GET("/api/users/{userId}", { params: { path: { userId: user.id } } });
assert.equal(missing.response.status, 404);
assert.equal(missing.error.code, "entity.not_found");
await ok(204, apiClient.DELETE("/api/organizations/{id}", byId(organization.id)));

console.log(JSON.stringify({ application: application.id }));
