"""Writes of SAML applications and their certificates."""
