#!/usr/bin/env python3
"""Recomputes every golden vector from digest.md, with Python's standard library alone.

    python3 spec/verify.py

Reads a value in the notation of README.md, encodes and hashes it, and compares. Shares no code with Riposte.
"""

import hashlib
import json
import math
import struct
import sys
from pathlib import Path

LINK_ABOVE = 1024
CHUNK = 1_048_576
SAFE = 2**53 - 1

VIEW_TAGS = {
    "Uint8ClampedArray": 68, "Uint16Array": 69, "Uint32Array": 70, "BigUint64Array": 71, "Int8Array": 72,
    "Int16Array": 77, "Int32Array": 78, "BigInt64Array": 79, "Float16Array": 84, "Float32Array": 85, "Float64Array": 86,
}
BYTES_TAGS = {"Buffer": 21079, "ArrayBuffer": 21080, "SharedArrayBuffer": 21081, "DataView": 21082, **VIEW_TAGS}


# --- CBOR


def head(major, argument):
    first = major << 5
    if argument < 24:
        return bytes([first | argument])
    for info, size in ((24, 1), (25, 2), (26, 4), (27, 8)):
        if argument < 1 << (8 * size):
            return bytes([first | info]) + argument.to_bytes(size, "big")
    raise ValueError(f"{argument} is too large for a head")


def byte_string(content):
    return head(2, len(content)) + content


def tag(number, content):
    return head(6, number) + content


def array(*items):
    return head(4, len(items)) + b"".join(items)


def holes(count):
    return tag(21074, head(0, count))


def sorted_map(pairs):
    return head(5, len(pairs)) + b"".join(key + value for key, value in sorted(pairs))


# --- parts


def digest_of_encoding(encoding):
    return hashlib.sha256(encoding).digest()


def link(digest):
    return tag(21072, byte_string(digest))


def as_part(encoding):
    return encoding if len(encoding) <= LINK_ABOVE else link(digest_of_encoding(encoding))


def part(value):
    return as_part(encode(value))


def digest(value):
    if value["t"] == "ref":
        return digest(value["to"])
    return digest_of_encoding(encode(value))


# --- primitives


def number_of(value):
    text = value["v"]
    return {"NaN": math.nan, "Infinity": math.inf, "-Infinity": -math.inf}.get(text) if text[-1] in "Ny" else float(text)


def encode_number(number):
    if math.isnan(number):
        return bytes.fromhex("fb7ff8000000000000")
    negative_zero = number == 0 and math.copysign(1, number) < 0
    if math.isfinite(number) and number == int(number) and abs(number) <= SAFE and not negative_zero:
        whole = int(number)
        return head(0, whole) if whole >= 0 else head(1, -1 - whole)
    return b"\xfb" + struct.pack(">d", number)


def encode_bigint(integer):
    magnitude = integer if integer >= 0 else -1 - integer
    content = magnitude.to_bytes((magnitude.bit_length() + 7) // 8, "big")
    return tag(2 if integer >= 0 else 3, byte_string(content))


def encode_text(text):
    try:
        utf8 = text.encode("utf-8")
    except UnicodeEncodeError:
        # Only lone surrogates are refused: JSON joins the two halves of a pair.
        return tag(273, byte_string(text.encode("utf-8", "surrogatepass")))
    return head(3, len(utf8)) + utf8


def text_of(value):
    return value["v"] * value.get("times", 1)


# --- bytes


def content(raw):
    if len(raw) <= CHUNK:
        return byte_string(raw)
    chunks = [as_part(byte_string(raw[at:at + CHUNK])) for at in range(0, len(raw), CHUNK)]
    return tag(21088, array(head(0, len(raw)), *chunks))


def bytes_of(value):
    pattern = bytes.fromhex(value["hex"])
    length = value.get("length", len(pattern))
    return (pattern * (length // max(1, len(pattern)) + 1))[:length]


# --- containers


def key_of(key):
    return encode_text(key) if isinstance(key, str) else encode(key)


def properties(entries):
    return sorted_map([(key_of(key), part(value)) for key, value in entries])


def items_of(value):
    """The elements of an array, runs of holes as they stand; what is repeated is repeated."""
    items = []
    for item in value["items"]:
        items += [item["of"]] * item["times"] if item["t"] == "each" else [item]
    return items


def encode_array(value):
    items = items_of(value)
    if len(items) > 8 and all(item["t"] == "number" and item["v"] != "NaN" for item in items):
        return tag(21073, content(b"".join(struct.pack("<d", number_of(item)) for item in items)))
    return array(*[holes(item["n"]) if item["t"] == "holes" else part(item) for item in items])


def encode_nested(value):
    encoding = encode(value["of"])
    for _ in range(value["levels"]):
        encoding = array(as_part(encoding))
    return encoding


def encode_error(value):
    own = {key for key, _ in value["entries"] if isinstance(key, str)}
    inherited = {"name": {"t": "string", "v": value["class"]}, "message": {"t": "string", "v": ""}}
    absent = {"t": "undefined"}
    fields = [
        holes(1) if name in own else part(value["hidden"].get(name, inherited.get(name, absent)))
        for name in ("name", "message", "cause", "errors")
    ]
    return tag(21078, array(encode_text(value["class"]), *fields, properties(value["entries"])))


def encode_call(value):
    return array(
        encode_text("riposte call 1"), as_part(encode_text(value["namespace"])), as_part(encode_text(value["name"])),
        part(value["version"]), digest_texts(value["conditions"]), digest_texts(value["args"]),
    )


def digest_texts(values):
    return as_part(array(*[encode_text(digest(value).hex()) for value in values]))


def encode(value):
    kind = value["t"]
    if kind == "undefined":
        return b"\xf7"
    if kind == "null":
        return b"\xf6"
    if kind == "boolean":
        return b"\xf5" if value["v"] else b"\xf4"
    if kind == "number":
        return encode_number(number_of(value))
    if kind == "bigint":
        return encode_bigint(int(value["v"], 0))
    if kind == "string":
        return encode_text(text_of(value))
    if kind == "symbol":
        return tag(21084, encode_text(text_of(value["key"])))
    if kind == "array":
        return encode_array(value)
    if kind == "nested":
        return encode_nested(value)
    if kind == "object":
        plain = properties(value["entries"])
        return tag(21085, plain) if "prototype" in value else plain
    if kind == "map":
        pairs = sorted((part(key), part(element)) for key, element in value["entries"])
        return tag(21075, array(*[item for pair in pairs for item in pair]))
    if kind == "set":
        return tag(258, array(*sorted(part(member) for member in value["items"])))
    if kind == "date":
        return tag(21076, encode(value["time"]))
    if kind == "regexp":
        source, flags = as_part(encode_text(value["source"])), as_part(encode_text(value["flags"]))
        return tag(21077, array(source, flags, part(value["lastIndex"])))
    if kind == "error":
        return encode_error(value)
    if kind == "bytes":
        plain = content(bytes_of(value))
        return plain if value["class"] == "Uint8Array" else tag(BYTES_TAGS[value["class"]], plain)
    if kind == "boxed":
        return tag(21083, part(value["of"]))
    if kind == "url":
        return tag(32, as_part(encode_text(value["href"])))
    if kind == "search-params":
        return tag(21090, array(*[as_part(encode_text(text)) for pair in value["entries"] for text in pair]))
    if kind == "extra":
        return tag(21086, array(properties(value["entries"]), part(value["of"])))
    if kind == "instance":
        class_id = bytes.fromhex(value["id"]).ljust(16, b"\0")
        return tag(21087, array(byte_string(class_id), head(0, value["version"]), part(value["state"])))
    if kind == "own-digest":
        return tag(21089, byte_string(digest(value["of"])))
    if kind == "ref":
        return link(digest(value["to"]))
    if kind == "digest":
        return encode_text(digest(value["of"]).hex())
    if kind == "call":
        return encode_call(value)
    raise ValueError(f"the notation has no {kind!r}")


def is_right(vector):
    encoding = encode(vector["value"])
    shown = encoding.hex() == vector["encoding"] if "encoding" in vector else len(encoding) == vector["length"]
    return shown and digest(vector["value"]).hex() == vector["digest"]


def main():
    sys.setrecursionlimit(10_000)
    count = right = 0
    for file in sorted((Path(__file__).parent / "vectors").glob("*.json")):
        for at, vector in enumerate(json.loads(file.read_text("utf-8"))["vectors"]):
            count += 1
            if is_right(vector):
                right += 1
            else:
                print(f"wrong: {file.name}, vector {at}: {json.dumps(vector['value'])[:200]}", file=sys.stderr)
    print(f"{count} vectors, {right} right")
    return 0 if 0 < count == right else 1


if __name__ == "__main__":
    sys.exit(main())
