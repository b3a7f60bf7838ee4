"""Where tenants' scripts run: pools of processes that can do nothing but compute, and ask their parent to fetch."""
