"""Entries of the audit log in words: names for ids, sentences for keys, lines for changes."""
