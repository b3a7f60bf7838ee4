"""Sign-in traces."""
