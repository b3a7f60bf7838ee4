"""Other providers, set up to be measured beside Gatehouse."""
