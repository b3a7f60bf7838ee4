// oidc-provider with its in-memory adapter, signing JWT access tokens with ES256.
// `node server.mjs PORT WORKERS`. With several workers the memory is not shared: only stateless paths may be asked then.
// POST /bench/seed {people}: sessions, grants and tokens for so many people, as JSON.
import cluster from "node:cluster";
import { generateKeyPairSync } from "node:crypto";
import http from "node:http";

const port = Number(process.argv[2]);
const workers = Number(process.argv[3]);
const API = "https://api.example.com";
const ORGANIZATION = "urn:organization:wayne";
const REDIRECT_URI = "https://app.example.com/callback";
const SECRET = "the-secret-of-this-application-01";
const SCOPE = "openid offline_access profile email";

if (cluster.isPrimary && workers > 1) {
  const { privateKey } = generateKeyPairSync("ec", { namedCurve: "P-256" });
  const key = JSON.stringify({ ...privateKey.export({ format: "jwk" }), alg: "ES256", use: "sig" });
  for (let i = 0; i < workers; i += 1) cluster.fork({ SIGNING_KEY: key });
  process.on("SIGTERM", () => process.exit(0));
} else {
  await serve();
}

async function serve() {
  const { default: Provider } = await import("oidc-provider");
  const held = process.env.SIGNING_KEY ?? JSON.stringify({
    ...generateKeyPairSync("ec", { namedCurve: "P-256" }).privateKey.export({ format: "jwk" }),
    alg: "ES256",
    use: "sig",
  });
  const issuer = `http://localhost:${port}`;
  const provider = new Provider(issuer, {
    jwks: { keys: [JSON.parse(held)] },
    cookies: { keys: ["a key of the benchmark"] },
    clients: [
      {
        client_id: "machine", client_secret: SECRET, grant_types: ["client_credentials"], redirect_uris: [],
        response_types: [], id_token_signed_response_alg: "ES256",
      },
      {
        client_id: "web", client_secret: SECRET, grant_types: ["authorization_code", "refresh_token"],
        redirect_uris: [REDIRECT_URI], id_token_signed_response_alg: "ES256",
      },
      {
        client_id: "spa", token_endpoint_auth_method: "none", grant_types: ["authorization_code", "refresh_token"],
        redirect_uris: [REDIRECT_URI], id_token_signed_response_alg: "ES256",
      },
    ],
    findAccount: (_, sub) => ({
      accountId: sub,
      claims: () => ({ sub, email: `${sub}@example.com`, email_verified: true, name: `User ${sub}` }),
    }),
    claims: { openid: ["sub"], email: ["email", "email_verified"], profile: ["name"] },
    ttl: { AccessToken: 86400, RefreshToken: 86400, Grant: 86400, Session: 86400, IdToken: 3600 },
    rotateRefreshToken: () => true,
    issueRefreshToken: () => true,
    features: {
      devInteractions: { enabled: false },
      clientCredentials: { enabled: true },
      introspection: { enabled: true, allowedPolicy: () => true },
      resourceIndicators: {
        enabled: true,
        defaultResource: () => undefined,
        useGrantedResource: () => false,
        getResourceServerInfo: () => ({
          scope: "read:things write:things read:documents", accessTokenTTL: 3600, accessTokenFormat: "jwt",
          jwt: { sign: { alg: "ES256" } },
        }),
      },
    },
  });

  const callback = provider.callback();
  http
    .createServer(async (request, response) => {
      if (request.url !== "/bench/seed") return callback(request, response);
      const { people } = JSON.parse(await new Response(request).text());
      const seeded = [];
      for (let i = 0; i < people; i += 1) seeded.push(await seed(provider, `user${i}`));
      response.setHeader("content-type", "application/json");
      response.end(JSON.stringify({ people: seeded }));
    })
    .listen(port, "127.0.0.1");
  process.on("SIGTERM", () => process.exit(0));
}

async function seed(provider, accountId) {
  const grant = new provider.Grant({ accountId, clientId: "spa" });
  grant.addOIDCScope(SCOPE);
  grant.addResourceScope(ORGANIZATION, "read:documents");
  const grantId = await grant.save(86400);
  const now = Math.floor(Date.now() / 1000);
  const session = new provider.Session({ accountId, loginTs: now });
  session.authorizationFor("spa").grantId = grantId;
  session.authorizationFor("spa").persistsLogout = true;
  await session.save(86400);
  const client = await provider.Client.find("spa");
  const shared = { accountId, client, grantId, scope: SCOPE, claims: {}, sessionUid: session.uid, gty: "authorization_code" };
  const refreshToken = await new provider.RefreshToken({
    ...shared, rotations: 0, iiat: now, scope: `${SCOPE} read:documents`, resource: ORGANIZATION, authTime: now,
  }).save();
  const accessToken = await new provider.AccessToken(shared).save();
  const { default: Keygrip } = await import("keygrip");
  const signature = new Keygrip(["a key of the benchmark"]).sign(`_session=${session.jti}`);
  return { id: accountId, refreshToken, accessToken, cookies: `_session=${session.jti}; _session.sig=${signature}` };
}
