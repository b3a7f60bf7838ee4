"""Second factors in a journey: what its user holds and has staged, and the rules of when one is asked for. Pure."""
