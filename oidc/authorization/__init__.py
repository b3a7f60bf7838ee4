"""The authorization endpoint: `pipeline` shows the order of its checks on one screen."""
