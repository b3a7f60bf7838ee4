"""A real DNS server of this machine: it answers over UDP and TCP with what a test has put there."""

import socketserver
import struct
from collections.abc import Iterator
from contextlib import contextmanager
from threading import Thread
from typing import Any

import dns.flags
import dns.message
import dns.rcode
import dns.rdatatype
import dns.rrset


class Zone:
    """Records by name and type, what was asked, and how the server behaves."""

    def __init__(self) -> None:
        self.records: dict[tuple[str, str], list[str]] = {}
        self.asked: list[tuple[str, str]] = []
        self.is_failing = False
        self.port = 0

    @property
    def address(self) -> str:
        return f"127.0.0.1:{self.port}"

    def set(self, name: str, kind: str, *values: str) -> None:
        """Put records there, in place of those of the same name and type; none to remove them."""
        self.records[(name, kind)] = list(values)

    def prove(self, row: dict[str, Any]) -> None:
        """Set what the API says about a domain."""
        for record in row["dnsRecords"]:
            is_text = record["type"] == "TXT"
            self.set(record["name"], record["type"], f'"{record["value"]}"' if is_text else f"{record['value']}.")

    def answer(self, wire: bytes, *, is_datagram: bool) -> bytes:
        query = dns.message.from_wire(wire)
        [question] = query.question
        name = question.name.to_text(omit_final_dot=True).lower()
        kind = dns.rdatatype.to_text(question.rdtype)
        self.asked.append((name, kind))
        response = dns.message.make_response(query)
        if self.is_failing:
            response.set_rcode(dns.rcode.SERVFAIL)
        elif values := self.records.get((name, kind)):
            response.answer.append(dns.rrset.from_text_list(question.name, 60, "IN", kind, values))
        elif not any(known == name and values for (known, _kind), values in self.records.items()):
            response.set_rcode(dns.rcode.NXDOMAIN)
        sent = response.to_wire(max_size=65_535)
        if is_datagram and len(sent) > 512:
            response.answer.clear()
            response.flags |= dns.flags.TC
            sent = response.to_wire()
        return sent


@contextmanager
def dns_server() -> Iterator[Zone]:
    """Run a server until the block ends."""
    zone = Zone()

    class Datagram(socketserver.BaseRequestHandler):
        def handle(self) -> None:
            wire, sock = self.request
            sock.sendto(zone.answer(wire, is_datagram=True), self.client_address)

    class Stream(socketserver.StreamRequestHandler):
        def handle(self) -> None:
            (length,) = struct.unpack("!H", self.rfile.read(2))
            sent = zone.answer(self.rfile.read(length), is_datagram=False)
            self.wfile.write(struct.pack("!H", len(sent)) + sent)

    # Connections of this machine take ports of TCP all the time; hardly anything takes those of UDP.
    with socketserver.ThreadingTCPServer(("127.0.0.1", 0), Stream) as streams:
        zone.port = streams.server_address[1]
        with socketserver.ThreadingUDPServer(("127.0.0.1", zone.port), Datagram) as datagrams:
            for server in (datagrams, streams):
                Thread(target=server.serve_forever, args=(0.01,), daemon=True).start()
            try:
                yield zone
            finally:
                datagrams.shutdown()
                streams.shutdown()
