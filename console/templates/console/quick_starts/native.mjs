{% autoescape off %}import { createServer } from "node:http";
import * as client from "openid-client";

const redirectUri = "{{ address }}";
const config = await client.discovery(new URL("{{ issuer }}"), "{{ app_id }}", undefined, client.None(){% if not has_https %}, {
  execute: [client.allowInsecureRequests], // this issuer has http
}{% endif %});
const pkceCodeVerifier = client.randomPKCECodeVerifier();
const expectedState = client.randomState();
const address = client.buildAuthorizationUrl(config, {
  redirect_uri: redirectUri,
  scope: "openid profile offline_access",
  prompt: "consent", // for the refresh token
  code_challenge: await client.calculatePKCECodeChallenge(pkceCodeVerifier),
  code_challenge_method: "S256",
  state: expectedState,
});

const server = createServer(async (request, response) => {
  const callback = new URL(request.url, redirectUri);
  if (callback.pathname !== new URL(redirectUri).pathname) return response.writeHead(404).end();
  try {
    const tokens = await client.authorizationCodeGrant(config, callback, { pkceCodeVerifier, expectedState });
    console.log(`Signed in as ${tokens.claims().sub}, with ${tokens.refresh_token ? "a" : "no"} refresh token`);
    response.end("You are signed in. Close this window.");
  } catch (error) {
    console.error(error.error_description ?? error.message);
    response.writeHead(400).end("The sign-in has failed.");
  }
  server.close();
  server.closeAllConnections();
});
server.listen({{ port }}, "{{ hostname }}", () => console.log(`Open ${address.href}`));{% endautoescape %}
