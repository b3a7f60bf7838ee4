"""The SAML identity provider, over HTTP."""
