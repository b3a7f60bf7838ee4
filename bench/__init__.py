"""The benchmark: Gatehouse beside other providers on one machine, in one run. `python -m bench --help`."""
