"""MD4 (RFC 1320), which the cryptographic libraries of today leave out. For passwords of older systems alone."""

import struct
from collections.abc import Callable, Sequence

_MASK = 0xFFFFFFFF
_BLOCK_BYTES = 64

#: In bytes.
DIGEST_SIZE = 16


def md4(content: bytes) -> bytes:
    """Return the digest of a short text."""
    padding = b"\x80" + bytes(-(len(content) + 9) % _BLOCK_BYTES)
    padded = content + padding + struct.pack("<Q", 8 * len(content) & (2**64 - 1))
    state = (0x67452301, 0xEFCDAB89, 0x98BADCFE, 0x10325476)
    for start in range(0, len(padded), _BLOCK_BYTES):
        words = struct.unpack_from("<16I", padded, start)
        changed = state
        for mix, constant, order, shifts in _ROUNDS:
            changed = _round(changed, words, mix, constant, order, shifts)
        a, b, c, d = ((before + after) & _MASK for before, after in zip(state, changed, strict=True))
        state = a, b, c, d
    return struct.pack("<4I", *state)


_State = tuple[int, int, int, int]
_Mix = Callable[[int, int, int], int]


def _round(
    state: _State, words: Sequence[int], mix: _Mix, constant: int, order: Sequence[int], shifts: Sequence[int]
) -> _State:
    a, b, c, d = state
    for step, place in enumerate(order):
        total = (a + mix(b, c, d) + words[place] + constant) & _MASK
        shift = shifts[step % 4]
        a, b, c, d = d, ((total << shift) | (total >> (32 - shift))) & _MASK, b, c
    return a, b, c, d


_ROUNDS: Sequence[tuple[_Mix, int, Sequence[int], Sequence[int]]] = (
    (lambda x, y, z: (x & y) | (~x & z), 0, tuple(range(16)), (3, 7, 11, 19)),
    (
        lambda x, y, z: (x & y) | (x & z) | (y & z),
        0x5A827999,
        (0, 4, 8, 12, 1, 5, 9, 13, 2, 6, 10, 14, 3, 7, 11, 15),
        (3, 5, 9, 13),
    ),
    (
        lambda x, y, z: x ^ y ^ z,
        0x6ED9EBA1,
        (0, 8, 4, 12, 2, 10, 6, 14, 1, 9, 5, 13, 3, 11, 7, 15),
        (3, 9, 11, 15),
    ),
)
