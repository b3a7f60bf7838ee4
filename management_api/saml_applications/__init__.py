"""SAML applications and their certificates."""
