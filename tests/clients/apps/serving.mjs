// What the Node applications share: which client they are, and how they say that they are listening.
export const client = JSON.parse(process.env.CLIENT);

/** What a library is told if its ID tokens are signed with the tenant's default key; nothing for RS256. */
export function unlessRs256(settings) {
  return client.algorithm === "RS256" ? {} : settings;
}

export function serve(app) {
  app.listen(client.port, "127.0.0.1", () => console.log("ready"));
}

/** Where a library that signs nobody out at the provider sends the browser (RP-Initiated Logout 1.0 section 2). */
export function endSessionUrl(idToken) {
  const query = new URLSearchParams({ id_token_hint: idToken, post_logout_redirect_uri: `${client.origin}/bye` });
  return `${client.issuer}/session/end?${query}`;
}
