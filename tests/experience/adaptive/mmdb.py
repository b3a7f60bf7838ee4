"""A small GeoIP database in the MaxMind DB format, version 2.0: a tree of the bits of addresses, and documents.

See https://maxmind.github.io/MaxMind-DB/. Only what a test needs: IPv4 networks, records of 32 bits, texts,
coordinates and objects.
"""

import struct
from collections.abc import Mapping
from ipaddress import IPv4Network
from pathlib import Path
from typing import Any

_TEXT, _DOUBLE, _SHORT, _INTEGER, _MAP, _LONG, _LIST = 2, 3, 5, 6, 7, 9, 11
_SIZES = {_SHORT: ">H", _INTEGER: ">I", _LONG: ">Q"}
_MARKER = b"\xab\xcd\xefMaxMind.com"

Node = list[Any]


def write_database(path: Path, places: Mapping[str, Mapping[str, Any]]) -> Path:
    """Write a database with a document for each network, and return its path."""
    root: Node = [None, None]
    data, offsets = b"", []
    for network, document in places.items():
        offsets.append(len(data))
        data += _encode(document)
        _insert(root, IPv4Network(network), len(offsets) - 1)
    nodes = _in_order(root)
    numbers = {id(node): number for number, node in enumerate(nodes)}

    def record(child: Any) -> int:
        if child is None:
            return len(nodes)
        return numbers[id(child)] if isinstance(child, list) else len(nodes) + 16 + offsets[child]

    tree = b"".join(struct.pack(">II", record(node[0]), record(node[1])) for node in nodes)
    members = {
        "node_count": _number(_INTEGER, len(nodes)),
        "record_size": _number(_SHORT, 32),
        "ip_version": _number(_SHORT, 4),
        "database_type": _encode("Test-City"),
        "binary_format_major_version": _number(_SHORT, 2),
        "binary_format_minor_version": _number(_SHORT, 0),
        "build_epoch": _number(_LONG, 1),
        "languages": _control(_LIST, 0),
        "description": _encode({}),
    }
    metadata = _control(_MAP, len(members)) + b"".join(_encode(name) + value for name, value in members.items())
    # Nobody reads half a file: the new one takes the place of the old.
    whole = path.with_suffix(".new")
    whole.write_bytes(tree + bytes(16) + data + _MARKER + metadata)
    whole.replace(path)
    return path


def place(country: str, city: str, latitude: float, longitude: float) -> dict[str, Any]:
    """The document of a city, with the members that GeoLite2 City has."""
    return {
        "country": {"iso_code": country, "names": {"en": "not looked at"}},
        "city": {"names": {"en": city}},
        "location": {"latitude": latitude, "longitude": longitude},
    }


def _insert(root: Node, network: IPv4Network, value: int) -> None:
    node = root
    bits = f"{int(network.network_address):032b}"[: network.prefixlen]
    for bit in bits[:-1]:
        if node[int(bit)] is None:
            node[int(bit)] = [None, None]
        node = node[int(bit)]
    node[int(bits[-1])] = value


def _in_order(root: Node) -> list[Node]:
    nodes = [root]
    for node in nodes:
        nodes += [child for child in node if isinstance(child, list)]
    return nodes


def _encode(value: Any) -> bytes:
    if isinstance(value, str):
        text = value.encode()
        return _control(_TEXT, len(text)) + text
    if isinstance(value, float):
        return _control(_DOUBLE, 8) + struct.pack(">d", value)
    members = b"".join(_encode(name) + _encode(member) for name, member in value.items())
    return _control(_MAP, len(value)) + members


def _number(kind: int, value: int) -> bytes:
    packed = struct.pack(_SIZES[kind], value)
    return _control(kind, len(packed)) + packed


def _control(kind: int, size: int) -> bytes:
    """The bytes before a value: its type, above 7 in a byte of its own, and its size, above 28 too."""
    extended = bytes([kind - 7]) if kind > 7 else b""
    more = bytes([size - 29]) if size >= 29 else b""
    return bytes([(0 if kind > 7 else kind) << 5 | min(size, 29)]) + extended + more
