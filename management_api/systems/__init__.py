"""What the installation offers beyond its tenants."""
