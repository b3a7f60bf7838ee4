// An OpenID provider of somebody else (npm oidc-provider), with its own pages: a login of any password, and consent.
// PROVIDER in the environment: {port, clients: [metadata], accounts: {login: claims}, configuration}.
import Provider, { errors } from 'oidc-provider';

const { port, clients, accounts, configuration } = JSON.parse(process.env.PROVIDER);
const issuer = `http://127.0.0.1:${port}`;

const provider = new Provider(issuer, {
  clients,
  cookies: { keys: ['counterpart'] },
  claims: {
    openid: ['sub'],
    profile: ['name', 'picture', 'preferred_username'],
    email: ['email', 'email_verified'],
    phone: ['phone_number', 'phone_number_verified'],
  },
  // Everything in the ID token as well, as most providers have it.
  conformIdTokenClaims: false,
  pkce: { required: () => true },
  features: { devInteractions: { enabled: true }, userinfo: { enabled: true } },
  issueRefreshToken: async (_context, client, code) =>
    client.grantTypeAllowed('refresh_token') && code.scopes.has('offline_access'),
  async findAccount(_context, login) {
    const claims = accounts[login];
    if (!claims) throw new errors.AccessDenied('no such account');
    return { accountId: login, claims: async () => ({ sub: login, ...claims }) };
  },
  ...configuration,
});

provider.on('server_error', (_context, error) => console.error(error));
provider.listen(port, '127.0.0.1', () => console.log('ready'));
