"""How a client proves itself at the machine endpoints."""
