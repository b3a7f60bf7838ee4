"""The kinds of things in a configuration, one file each; `configuration.registry` has their order."""
