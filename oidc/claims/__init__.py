"""What tokens and userinfo say, and which scopes somebody can get."""
