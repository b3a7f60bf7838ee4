"""OAuth on the wire, for every room that speaks it: errors, request parameters, error responses."""
