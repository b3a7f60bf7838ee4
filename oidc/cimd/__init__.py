"""Clients that are known by the address of their metadata (OAuth Client ID Metadata Document, draft 02)."""
