// next-auth with its generic provider. Its pages sign in and out; at the provider the application signs out by itself.
import express from "express";
import nextAuthModule from "next-auth";
import { getToken } from "next-auth/jwt";

import { client, endSessionUrl, serve, unlessRs256 } from "./serving.mjs";

const nextAuth = nextAuthModule.default;
process.env.NEXTAUTH_URL = client.origin;
const secret = "a long secret of the application's own";
const options = {
  secret,
  providers: [
    {
      id: "gatehouse",
      name: "Gatehouse",
      type: "oauth",
      wellKnown: `${client.issuer}/.well-known/openid-configuration`,
      clientId: client.id,
      clientSecret: client.secret,
      authorization: { params: { scope: "openid profile email" } },
      idToken: true,
      ...unlessRs256({ client: { id_token_signed_response_alg: client.algorithm } }),
      checks: ["pkce", "state"],
      profile: ({ sub, name, email }) => ({ id: sub, name, email }),
    },
  ],
  callbacks: {
    jwt: ({ token, account }) => (account ? { ...token, idToken: account.id_token } : token),
  },
};

const app = express();
app.use(express.urlencoded({ extended: false }), (request, _response, next) => {
  const pairs = (request.headers.cookie ?? "").split("; ").map((pair) => pair.split(/=(.*)/s));
  request.cookies = Object.fromEntries(pairs.map(([name, value = ""]) => [name, decodeURIComponent(value)]));
  next();
});
// What Next.js makes of pages/api/auth/[...nextauth].js.
app.use("/api/auth", (request, response) => {
  const query = { ...request.query, nextauth: request.path.split("/").filter(Boolean) };
  Object.defineProperty(request, "query", { value: query });
  return nextAuth(request, response, options);
});
app.get("/login", (_request, response) => response.redirect("/api/auth/signin?callbackUrl=/"));
app.get("/logout", async (request, response) => {
  const { idToken } = await getToken({ req: request, secret });
  response.clearCookie("next-auth.session-token").redirect(endSessionUrl(idToken));
});
app.get("/bye", async (request, response) => response.json({ signedIn: Boolean(await getToken({ req: request, secret })) }));
app.get("/", async (request, response) => response.json((await getToken({ req: request, secret })) ?? {}));
serve(app);
