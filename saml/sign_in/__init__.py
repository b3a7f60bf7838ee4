"""Signing in at a service provider: its request, the way through the provider, the response."""
