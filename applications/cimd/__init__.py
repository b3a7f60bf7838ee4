"""Clients known by the address of their metadata document (Client ID Metadata Documents)."""
