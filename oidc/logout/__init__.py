"""Signing out, started by an application (OpenID Connect RP-Initiated Logout 1.0), and telling the other ones."""
