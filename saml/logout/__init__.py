"""Single logout (SAML profiles 4.4): whoever ends a session, every service provider of it is told by the browser."""
