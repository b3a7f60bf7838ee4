"""Streams of the audit log: every entry is sent to where a tenant collects its logs."""
