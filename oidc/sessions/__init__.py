"""Sign-in sessions, their grants, and their cookies."""
