"""Webhooks: what a tenant's own servers are told of, and how it gets there."""
