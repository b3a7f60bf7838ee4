"""Enterprise connectors."""
