"""Back-channel logout: whom to notify, the logout token, its delivery."""
