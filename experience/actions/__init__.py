"""Actions: the tenant's scripts that take part in a sign-in. What they are told, and what their results may be."""
