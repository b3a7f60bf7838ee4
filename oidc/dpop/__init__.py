"""Demonstrating proof of possession (RFC 9449): tokens bound to a key that their sender proves to hold.

`proof` says what a good proof is; `issuing` asks for one where tokens are issued, `presenting` where they are used.
"""
