"""Custom token claims."""
