"""The benchmark: Gatehouse against other providers on one machine, in one run. `python -m bench --help`."""
