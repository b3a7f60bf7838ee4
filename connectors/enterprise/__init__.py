"""Enterprise SSO: a tenant's customers sign in at their own identity provider (OpenID Connect, SAML 2.0)."""
