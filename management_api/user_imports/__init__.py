"""Imports and exports of users."""
