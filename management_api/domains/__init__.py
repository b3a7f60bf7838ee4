"""The tenant's own domains."""
