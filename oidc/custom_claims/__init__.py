"""Claims that a script of the tenant adds to access tokens."""
