// openid-client reads everything from the metadata.
import express from "express";
import session from "express-session";
import * as openid from "openid-client";

import { client, serve } from "./serving.mjs";

const config = await openid.discovery(new URL(client.issuer), client.id, client.secret, undefined, {
  execute: [openid.allowInsecureRequests],
});

const app = express();
app.use(session({ secret: "a long secret", resave: false, saveUninitialized: false }));
app.get("/login", async (request, response) => {
  const [state, nonce, pkceCodeVerifier] = [openid.randomState(), openid.randomNonce(), openid.randomPKCECodeVerifier()];
  request.session.checks = { expectedState: state, expectedNonce: nonce, pkceCodeVerifier };
  const address = openid.buildAuthorizationUrl(config, {
    redirect_uri: `${client.origin}/callback`,
    scope: "openid profile email offline_access",
    prompt: "consent",
    state,
    nonce,
    code_challenge: await openid.calculatePKCECodeChallenge(pkceCodeVerifier),
    code_challenge_method: "S256",
  });
  response.redirect(address.href);
});
app.get("/callback", async (request, response) => {
  const address = new URL(request.originalUrl, client.origin);
  const tokens = await openid.authorizationCodeGrant(config, address, request.session.checks);
  const user = await openid.fetchUserInfo(config, tokens.access_token, tokens.claims().sub);
  request.session.regenerate(() => {
    Object.assign(request.session, { tokens, user });
    response.redirect("/");
  });
});
app.get("/refresh", async (request, response) => {
  const before = request.session.tokens;
  const tokens = await openid.refreshTokenGrant(config, before.refresh_token);
  request.session.tokens = { ...before, ...tokens };
  response.json({ before: before.access_token, after: tokens.access_token });
});
app.get("/logout", (request, response) => {
  const { id_token: idToken } = request.session.tokens;
  const address = openid.buildEndSessionUrl(config, {
    id_token_hint: idToken,
    post_logout_redirect_uri: `${client.origin}/bye`,
  });
  request.session.destroy(() => response.redirect(address.href));
});
app.get("/bye", (request, response) => response.json({ signedIn: Boolean(request.session.user) }));
app.get("/", (request, response) => response.json(request.session.user ?? {}));
serve(app);
