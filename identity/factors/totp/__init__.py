"""Time-based one-time passwords of an authenticator app (TOTP, RFC 6238)."""
