// One call of a SAML library of others: `{"call": "...", ...}` on standard input, JSON on standard output.
import { readFileSync } from 'node:fs';
import { SAML } from '@node-saml/node-saml';
import samlp from 'samlp';
import * as samlify from 'samlify';

samlify.setSchemaValidator({ validate: async () => 'ok' });

// What an application of samlify has registered: itself and the identity provider, both by metadata.
const parties = ({ idpMetadata, spMetadata, spKeys = {} }) => ({
  idp: samlify.IdentityProvider({ metadata: idpMetadata, isAssertionEncrypted: Boolean(spKeys.encPrivateKey) }),
  sp: samlify.ServiceProvider({ metadata: spMetadata, ...spKeys }),
});

const calls = {
  // node-saml as a service provider.
  requestUrl: async ({ options, relayState }) => new SAML(options).getAuthorizeUrlAsync(relayState ?? '', undefined, {}),
  requestForm: async ({ options, relayState }) => new SAML(options).getAuthorizeFormAsync(relayState ?? ''),
  takeResponse: async ({ options, response }) => {
    const { profile } = await new SAML(options).validatePostResponseAsync({ SAMLResponse: response });
    return { ...profile };
  },
  logoutUrl: async ({ options, profile, relayState }) => new SAML(options).getLogoutUrlAsync(profile, relayState ?? '', {}),
  takeLogoutRedirect: async ({ options, query }) => {
    const taken = await new SAML(options).validateRedirectAsync(Object.fromEntries(new URLSearchParams(query)), query);
    return { profile: taken.profile && { ...taken.profile }, loggedOut: taken.loggedOut };
  },
  metadata: async ({ options, decryptionCert, signingCert }) =>
    new SAML(options).generateServiceProviderMetadata(decryptionCert ?? null, signingCert ?? null),
  // samlp as an identity provider.
  respond: async ({ options, user }) =>
    new Promise((resolve, reject) => {
      samlp.getSamlResponse(options, user, (error, response) =>
        error ? reject(error) : resolve(Buffer.from(response).toString('base64')),
      );
    }),
  // samlify as a service provider.
  samlifyRequest: async (input) => {
    const { idp, sp } = parties(input);
    return sp.createLoginRequest(idp, 'redirect').context;
  },
  samlifyTake: async (input) => {
    const { idp, sp } = parties(input);
    return (await sp.parseLoginResponse(idp, 'post', { body: { SAMLResponse: input.response } })).extract;
  },
};

const input = JSON.parse(readFileSync(0, 'utf8'));
try {
  process.stdout.write(JSON.stringify({ result: await calls[input.call](input) }));
} catch (error) {
  process.stdout.write(JSON.stringify({ error: String(error?.message ?? error) }));
}
