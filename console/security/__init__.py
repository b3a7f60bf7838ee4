"""Passwords, addresses and guessing: the forms of the Security page."""
