"""The forms of profile fields: one a type, with a control for everything that a field of the type can say."""
