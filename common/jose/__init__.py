"""JSON Web Keys and Tokens that others bring."""
