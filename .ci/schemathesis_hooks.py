"""Values that schemathesis cannot generate."""

import struct
import zlib

import schemathesis
from hypothesis import strategies


def png():
    """Return a PNG picture of 8 × 8 pixels."""

    def chunk(kind, data):
        return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))

    rows = b"".join(b"\0" + b"\x80\x40\x20" * 8 for _ in range(8))
    header = struct.pack(">IIBBBBB", 8, 8, 8, 2, 0, 0, 0)
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", header) + chunk(b"IDAT", zlib.compress(rows)) + chunk(b"IEND", b"")


schemathesis.openapi.format("binary", strategies.just(png()))


@schemathesis.hook
def filter_case(context, case):
    # Only the service can create cursors: a generated one is refused, and so is one together with `page`.
    return "cursor" not in (case.query or {})
