"""Users are taken along to other systems."""
