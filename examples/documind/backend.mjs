// The demo's backend: trusts only tokens that Gatehouse signed, and creates organizations through the Management API.
import { createRemoteJWKSet, jwtVerify } from "jose";

const API = "https://api.documind.com";
const ORGANIZATION = "urn:logto:organization:";

/** Return what answers a request to `/api`; the addresses it sees are without that prefix. */
export function createBackend(setup) {
  const jwks = createRemoteJWKSet(new URL(`${setup.issuer}/jwks`));
  const documents = new Map();
  let management;

  async function verified(request, audience) {
    const token = (request.headers.authorization ?? "").replace(/^Bearer /, "");
    const { payload } = await jwtVerify(token, jwks, { issuer: setup.issuer, audience });
    return { ...payload, scopes: (payload.scope ?? "").split(" ") };
  }

  async function managementToken() {
    if (management && management.until > Date.now()) return management.token;
    const { tokenEndpoint, clientId, clientSecret, resource } = setup.managementApi;
    const response = await fetch(tokenEndpoint, {
      method: "POST",
      headers: { authorization: `Basic ${btoa(`${clientId}:${clientSecret}`)}` },
      body: new URLSearchParams({ grant_type: "client_credentials", resource, scope: "all" }),
    });
    const body = await response.json();
    if (!response.ok) throw new Error(body.message ?? body.error_description);
    management = { token: body.access_token, until: Date.now() + (body.expires_in - 300) * 1000 };
    return management.token;
  }

  async function call(method, path, body) {
    const response = await fetch(`${setup.endpoint}/api${path}`, {
      method,
      headers: { authorization: `Bearer ${await managementToken()}`, "content-type": "application/json" },
      body: body && JSON.stringify(body),
    });
    const text = await response.text();
    if (!response.ok) throw new Error(text);
    return text.startsWith("{") || text.startsWith("[") ? JSON.parse(text) : undefined;
  }

  /** Create an organization and make its creator the Admin. */
  async function createOrganization(request) {
    const user = await verified(request, API);
    if (!user.scopes.includes("create:organization")) return [403, { message: "create:organization is missing" }];
    const { name } = await json(request);
    const organization = await call("POST", "/organizations", { name });
    await call("POST", `/organizations/${organization.id}/users`, { userIds: [user.sub] });
    const admin = (await call("GET", "/organization-roles")).find((role) => role.name === "Admin");
    await call("POST", `/organizations/${organization.id}/users/${user.sub}/roles`, {
      organizationRoleIds: [admin.id],
    });
    return [201, organization];
  }

  async function withOrganization(request, scope, handle) {
    const id = new URL(request.url, "http://x").searchParams.get("organization") ?? "";
    const user = await verified(request, `${ORGANIZATION}${id}`);
    return user.scopes.includes(scope) ? handle(id, user) : [403, { message: `${scope} is missing` }];
  }

  const routes = {
    "POST /organizations": createOrganization,
    "GET /documents": (request) => withOrganization(request, "read:documents", (id) => [200, documents.get(id) ?? []]),
    "POST /documents": (request) =>
      withOrganization(request, "create:documents", async (id, user) => {
        const { title } = await json(request);
        const created = { title, author: user.sub, at: new Date().toISOString() };
        documents.set(id, [...(documents.get(id) ?? []), created]);
        return [201, created];
      }),
  };

  return async (request, response) => {
    const route = routes[`${request.method} ${new URL(request.url, "http://x").pathname}`];
    let answer;
    try {
      answer = route ? await route(request) : [404, { message: "not found" }];
    } catch (error) {
      const unauthorized = typeof error.code === "string" && error.code.startsWith("ERR_J");
      answer = unauthorized ? [401, { message: error.message }] : [500, { message: String(error.message) }];
    }
    response.writeHead(answer[0], { "content-type": "application/json" }).end(JSON.stringify(answer[1]));
  };
}

async function json(request) {
  let text = "";
  for await (const chunk of request) {
    text += chunk;
    if (text.length > 10_000) throw new Error("too large");
  }
  return JSON.parse(text || "{}");
}
