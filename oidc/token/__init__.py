"""The token endpoint (RFC 6749 section 3.2): per grant an ordered list of checks and what it issues."""
