"""How many, a day: users who were active, tokens, sign-ins. Days are those of UTC."""
