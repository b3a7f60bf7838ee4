"""Sign-in traces: what the audit log knows of a sign-in, from the application's request to its tokens. Reads alone."""
