// The tutorial's own backend: verifies tokens through the JWKS and calls the Management API.
import { createRemoteJWKSet, jwtVerify } from "jose";

export class Backend {
  constructor(setup) {
    this.setup = setup;
    this.jwks = createRemoteJWKSet(new URL(`${setup.issuer}/jwks`));
  }

  /** Verify an access token as a resource server does; throws if it is not for `audience`. */
  async verify(token, audience) {
    const { payload } = await jwtVerify(token, this.jwks, { issuer: this.setup.issuer, audience });
    return payload;
  }

  async managementToken() {
    const { tokenEndpoint, clientId, clientSecret, resource } = this.setup.managementApi;
    const response = await fetch(tokenEndpoint, {
      method: "POST",
      headers: {
        "content-type": "application/x-www-form-urlencoded",
        authorization: `Basic ${Buffer.from(`${clientId}:${clientSecret}`).toString("base64")}`,
      },
      body: new URLSearchParams({ grant_type: "client_credentials", resource, scope: "all" }),
    });
    const body = await response.json();
    if (response.status !== 200) throw new Error(JSON.stringify(body));
    return body.access_token;
  }

  async api(method, path, body) {
    this.token ??= await this.managementToken();
    const response = await fetch(`${this.setup.endpoint}/api${path}`, {
      method,
      headers: { authorization: `Bearer ${this.token}`, "content-type": "application/json" },
      body: body === undefined ? undefined : JSON.stringify(body),
    });
    const text = await response.text();
    return { status: response.status, body: /^[{[]/.test(text) ? JSON.parse(text) : text };
  }

  async roleNamed(name) {
    const { body } = await this.api("GET", "/organization-roles");
    return body.find((role) => role.name === name);
  }
}
