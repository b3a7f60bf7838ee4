{% autoescape off %}import * as client from "openid-client";

const config = await client.discovery(new URL("{{ issuer }}"), "{{ app_id }}", undefined, client.None(){% if not has_https %}, {
  execute: [client.allowInsecureRequests], // this issuer has http
}{% endif %});
const device = await client.initiateDeviceAuthorization(config, { scope: "openid profile offline_access" });
console.log(`Open ${device.verification_uri} and enter ${device.user_code}`);
const tokens = await client.pollDeviceAuthorizationGrant(config, device);
console.log(`Signed in as ${tokens.claims().sub}, with ${tokens.refresh_token ? "a" : "no"} refresh token`);{% endautoescape %}
