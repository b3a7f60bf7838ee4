"""Where the scripts run: a pool of processes that can do nothing but compute."""
