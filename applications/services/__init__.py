"""Every change to applications."""
