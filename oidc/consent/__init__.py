"""Consent: what third-party applications may ask for, what they ask of a user now, and what the user answers."""
