"""Other providers, set up to be compared with Gatehouse."""
