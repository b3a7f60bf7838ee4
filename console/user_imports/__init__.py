"""Imports and exports of users: their forms, and what they say in words."""
