"""The provider metadata and its keys."""
