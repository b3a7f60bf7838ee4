"""Codes and tokens as stored, and whether one is valid."""
