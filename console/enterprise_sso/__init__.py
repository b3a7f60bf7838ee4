"""Enterprise SSO in the console: choosing a provider, the guided set-up, the check while typing, and the test."""
