"""The tenant's configuration as a file."""
