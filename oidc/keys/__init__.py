"""Signing JWTs; single use of proofs."""
