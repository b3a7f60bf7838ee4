// A SAML identity provider of somebody else (npm samlp on express): a login of any password, and metadata.
// SAML_PROVIDER in the environment: {port, key, certificate, accounts: {login: {email, name}}, options} (samlp's).
import express from 'express';
import samlp from 'samlp';

const { port, key, certificate, accounts, options } = JSON.parse(process.env.SAML_PROVIDER);
const origin = `http://127.0.0.1:${port}`;
const issuer = `${origin}/metadata`;

class Profile {
  constructor(user) {
    this.user = user;
  }
  getClaims() {
    return { email: this.user.email, displayName: this.user.name, groups: ['staff', 'ops'] };
  }
  getNameIdentifier() {
    return {
      nameIdentifier: this.user.login,
      nameIdentifierFormat: 'urn:oasis:names:tc:SAML:2.0:nameid-format:persistent',
    };
  }
}
Profile.prototype.metadata = [];

const escape = (text) => String(text).replace(/[&<>"]/g, (sign) => `&#${sign.charCodeAt(0)};`);
const page = (body) => `<!doctype html><html lang="en"><title>Identity provider</title><link rel="icon" href="data:,"><body>${body}</body></html>`;

const respond = (user, { audience, acs, inResponseTo }) =>
  new Promise((resolve, reject) => {
    const given = {
      issuer,
      key,
      cert: certificate,
      audience,
      destination: acs,
      recipient: acs,
      inResponseTo,
      signatureAlgorithm: 'rsa-sha256',
      digestAlgorithm: 'sha256',
      lifetimeInSeconds: 300,
      profileMapper: (found) => new Profile(found),
      ...options,
    };
    samlp.getSamlResponse(given, user, (error, response) =>
      error ? reject(error) : resolve(Buffer.from(response).toString('base64')),
    );
  });

const app = express();
app.use(express.urlencoded({ extended: false, limit: '1mb' }));
app.get(
  '/metadata',
  samlp.metadata({
    issuer,
    cert: certificate,
    redirectEndpointPath: '/sso',
    postEndpointPath: '/sso',
    profileMapper: Profile,
  }),
);

const read = (request) =>
  new Promise((resolve, reject) => {
    if (!request.query.SAMLRequest) {
      // Nobody asked: the user begins here.
      resolve({ audience: request.query.audience, acs: request.query.acs, inResponseTo: undefined });
      return;
    }
    samlp.parseRequest(request, { deflate: true, signerCert: null, getCredentials: null }, (error, found) =>
      error
        ? reject(error)
        : resolve({ audience: found.issuer, acs: found.assertionConsumerServiceURL, inResponseTo: found.id }),
    );
  });

app.get(['/sso', '/start'], (_request, response) => {
  response.send(
    page(
      '<form method="post"><label>Login <input name="login" autofocus></label>' +
        '<label>Password <input name="password" type="password"></label><button>Sign in</button></form>',
    ),
  );
});

app.post(['/sso', '/start'], async (request, response) => {
  try {
    const asked = await read(request);
    const account = accounts[request.body.login];
    if (!account) {
      response.status(401).send(page('No such account'));
      return;
    }
    const encoded = await respond({ login: request.body.login, ...account }, asked);
    const relayState = request.query.RelayState;
    const relay = relayState ? `<input type="hidden" name="RelayState" value="${escape(relayState)}">` : '';
    response.send(
      page(
        `<form method="post" action="${escape(asked.acs)}"><input type="hidden" name="SAMLResponse" value="${encoded}">` +
          `${relay}<button>Continue</button></form><script>document.forms[0].submit()</script>`,
      ),
    );
  } catch (error) {
    response.status(500).send(page(escape(error?.message ?? error)));
  }
});

app.listen(port, '127.0.0.1', () => console.log('ready'));
