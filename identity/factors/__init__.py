"""What proves who somebody is besides a password: one folder a factor, with its pure part and its service."""
