"""Who may use an application, and who may sign in to an organization."""
