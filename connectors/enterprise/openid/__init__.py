"""Enterprise connectors that speak OpenID Connect."""
