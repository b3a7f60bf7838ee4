"""Passkeys and security keys (Web Authentication Level 3)."""
