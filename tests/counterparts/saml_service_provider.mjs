// A service provider on node-saml, configured by the JSON in `CLIENT`; prints "ready" once it listens.
//   /            who is signed in        /login, /login-post   ask for a sign-in, by redirect or by post
//   /acs         takes responses         /logout, /slo         start a logout, and take its messages
import express from 'express';
import { SAML } from '@node-saml/node-saml';

const { port, options } = JSON.parse(process.env.CLIENT);
const saml = new SAML({ ...options, validateInResponseTo: 'ifPresent' });
const posting = new SAML({ ...options, authnRequestBinding: 'HTTP-POST', skipRequestCompression: true,
  cacheProvider: saml.cacheProvider, validateInResponseTo: 'ifPresent' });
let profile = null;
let relayState = null;

const app = express();
app.use(express.urlencoded({ extended: false, limit: '1mb' }));
const shown = (response) => response.json({ profile, relayState });
const guarded = (handler) => async (request, response) => {
  try {
    await handler(request, response);
  } catch (error) {
    response.status(400).json({ error: String(error.message) });
  }
};

app.get('/favicon.ico', (_, response) => response.status(204).end());
app.get('/', (_, response) => shown(response));
app.get('/login', guarded(async (request, response) => response.redirect(await saml.getAuthorizeUrlAsync('deep/link', undefined, {}))));
app.get('/login-post', guarded(async (_, response) => response.send(await posting.getAuthorizeFormAsync('deep/link'))));
app.post('/acs', guarded(async (request, response) => {
  const taken = await saml.validatePostResponseAsync(request.body);
  profile = { ...taken.profile };
  relayState = request.body.RelayState ?? null;
  response.redirect('/');
}));
app.get('/logout', guarded(async (_, response) => response.redirect(await saml.getLogoutUrlAsync(profile, 'bye', {}))));
app.get('/slo', guarded(async (request, response) => {
  const query = request.originalUrl.split('?')[1];
  const taken = await saml.validateRedirectAsync(request.query, query);
  profile = null;
  if (request.query.SAMLRequest) {
    response.redirect(await saml.getLogoutResponseUrlAsync(taken.profile, request.query.RelayState ?? '', {}, true));
  } else {
    relayState = request.query.RelayState ?? null;
    response.redirect('/');
  }
}));
app.listen(port, '127.0.0.1', () => console.log('ready'));
