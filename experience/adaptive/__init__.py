"""Adaptive MFA: where a sign-in comes from, and whether that is unusual enough to ask for a second factor.

`signals` says what is known of the request, `baseline` what is known of the user, `rules` compares the two.
"""
