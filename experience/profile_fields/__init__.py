"""What a tenant collects about its users: the fields of its catalog, and what is a value of one."""
