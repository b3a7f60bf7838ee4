"""SAML 2.0 for both sides: service provider (enterprise SSO) and identity provider (SAML applications).

Pure: bytes and values in, bytes and values out; no ORM, no request, no HTTP. Moments are given by the caller.
"""
