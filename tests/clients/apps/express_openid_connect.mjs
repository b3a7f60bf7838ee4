// express-openid-connect asks for an ID token alone unless it is told to use the code flow.
import express from "express";
import { auth } from "express-openid-connect";

import { client, serve, unlessRs256 } from "./serving.mjs";

const app = express();
app.use(
  auth({
    issuerBaseURL: client.issuer,
    baseURL: client.origin,
    clientID: client.id,
    clientSecret: client.secret,
    secret: "a long secret of the application's own",
    authRequired: false,
    idpLogout: true,
    ...unlessRs256({ idTokenSigningAlg: client.algorithm }),
    routes: { postLogoutRedirect: "/bye" },
    authorizationParams: { response_type: "code", scope: "openid profile email offline_access", prompt: "consent" },
  }),
);
app.get("/bye", (request, response) => response.json({ signedIn: request.oidc.isAuthenticated() }));
app.get("/refresh", async (request, response) => {
  const before = request.oidc.accessToken.access_token;
  const { access_token: after } = await request.oidc.accessToken.refresh();
  response.json({ before, after });
});
app.get("/", (request, response) => response.json(request.oidc.user ?? {}));
serve(app);
