"""What changes enterprise connectors."""
