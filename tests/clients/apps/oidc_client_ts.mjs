// A single-page application: one page with oidc-client-ts, driven by the test in Chromium.
import { fileURLToPath } from "node:url";

import express from "express";

import { client, serve } from "./serving.mjs";

const bundle = fileURLToPath(new URL("../node_modules/oidc-client-ts/dist/browser/oidc-client-ts.js", import.meta.url));
const settings = {
  authority: client.issuer,
  client_id: client.id,
  redirect_uri: `${client.origin}/callback`,
  post_logout_redirect_uri: `${client.origin}/bye`,
  scope: "openid profile email offline_access",
  prompt: "consent",
  revokeTokensOnSignout: true,
};
const page = `<!doctype html><title>The shop</title><link rel="icon" href="data:,"><script src="/oidc.js"></script>
<script>window.manager = new oidc.UserManager(${JSON.stringify(settings)});</script>`;

const app = express();
app.get("/oidc.js", (_request, response) => response.sendFile(bundle));
app.get("/{*path}", (_request, response) => response.type("html").send(page));
serve(app);
