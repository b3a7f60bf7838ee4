"""Custom domains: named, proved, certified, served, and let go again."""
