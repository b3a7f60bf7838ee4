"""A peer of the benchmark: django-oauth-toolkit as it comes."""
