"""Matching text against a pattern in which `*` stands for any characters."""


def matches_wildcard(pattern: str, text: str) -> bool:
    """Return whether the whole text fits the pattern. Passes are linear, however many `*` there are."""
    first, *others = pattern.split("*")
    if not others:
        return pattern == text
    *middle, last = others
    if not text.startswith(first):
        return False
    position = len(first)
    for part in middle:
        found = text.find(part, position)
        if found < 0:
            return False
        position = found + len(part)
    return len(text) - len(last) >= position and text.endswith(last)
