"""Backup codes: single-use codes for the day on which the other factors are out of reach."""
