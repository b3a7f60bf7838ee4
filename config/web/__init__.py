"""The web server: granian, with a front that has read a request's body before the request takes a thread."""
