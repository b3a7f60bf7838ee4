"""Streams of the audit log."""
