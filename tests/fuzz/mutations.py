"""Damage to files: blind, and such that keeps a format's frame whole, so that what lies behind it is reached."""

import io
import json
import struct
import zipfile
import zlib
from collections.abc import Callable
from random import Random
from typing import Any

NUMBERS = (
    0,
    1,
    -1,
    2,
    7,
    127,
    128,
    255,
    256,
    32767,
    65535,
    65536,
    2**24,
    2**31 - 1,
    2**31,
    2**32 - 1,
    2**53,
    2**63 - 1,
)
WORDS = (
    b"", b"0", b"-1", b"1e999", b"nan", b"inf", b"-0.0", b"999999999999999999999", b"1e-320", b"/dev/zero", b"../../x",
    b"/etc/passwd", b"\xff\xfe", b"\x00", b"\n", b"%00", b"'", b'"', b"[", b"{", b"A" * 5000, b"\xe2\x80\xa8",
)  # fmt: skip
TEXTS = (
    "", "x" * 5000, "a\nb", "\0", "../../../etc/passwd", "/etc/passwd", "/dev/zero", "C:\\x", "\ud800", "\u2028", "nan",
    "img", "train", "paper", "compact", "-1", "1e9",
)  # fmt: skip


def _deep(rng: Random) -> Any:
    """A value nested as deeply as is allowed, or a little deeper."""
    value: Any = 0
    for _ in range(rng.choice((3, 50, 63, 64, 65, 200))):
        value = [value] if rng.random() < 0.5 else {"a": value}
    return value


def hostile_value(rng: Random) -> Any:
    """A plain value that no reader expects where it stands."""
    return rng.choice(
        (
            lambda: rng.choice(NUMBERS) * rng.choice((1, -1)),
            lambda: rng.choice((1e999, -1e999, float("nan"), 0.5, -0.5, 1e308, 5e-324)),
            lambda: rng.choice(TEXTS),
            lambda: rng.choice((None, True, False, [], {}, [[]], [None], {"": None})),
            lambda: [0] * rng.choice((1, 2, 3, 4, 5, 1000)),
            lambda: int("7" * rng.choice((20, 21, 400))),
            lambda: _deep(rng),
        )
    )()


def mutated_json(content: bytes, rng: Random) -> bytes:
    """A JSON document with one or a few of its values replaced, doubled or left out."""
    try:
        values = json.loads(content)
    except ValueError:
        return mutated_bytes(content, rng)
    for _ in range(rng.choice((1, 1, 1, 2, 4))):
        values = _changed(values, rng)
    text = json.dumps(values)
    if rng.random() < 0.03:
        text = text.replace("0", "7" * 5000, 1)
    if rng.random() < 0.03:
        text = text.replace("[", "[" * rng.choice((70, 2000, 100_000)), 1)
    return text.encode(errors="surrogatepass")


def _changed(value: Any, rng: Random) -> Any:
    if not isinstance(value, dict | list) or not value or rng.random() < 0.1:
        return hostile_value(rng)
    key = rng.choice(list(value) if isinstance(value, dict) else range(len(value)))
    what = rng.random()
    if what < 0.1:
        del value[key]
    elif what < 0.15 and isinstance(value, dict):
        value[rng.choice(TEXTS)] = value[key]
    elif what < 0.2 and isinstance(value, list):
        value.append(value[key])
    else:
        value[key] = _changed(value[key], rng)
    return value


def mutated_lines(content: bytes, rng: Random) -> bytes:
    """Lines of JSON, or of text, of which one is damaged, doubled, moved or left out."""
    lines = content.split(b"\n")
    place = rng.randrange(len(lines))
    what = rng.random()
    if what < 0.15:
        del lines[place]
    elif what < 0.3:
        lines.insert(rng.randrange(len(lines)), lines[place] * rng.choice((1, 2, 50)))
    elif what < 0.7 and lines[place].startswith(b"{"):
        lines[place] = mutated_json(lines[place], rng)
    else:
        words = lines[place].split(b" ")
        words[rng.randrange(len(words))] = rng.choice((*WORDS, str(rng.choice(NUMBERS)).encode()))
        lines[place] = b" ".join(words)
    return b"\n".join(lines)


def mutated_bytes(content: bytes, rng: Random) -> bytes:
    """Bytes flipped, set, left out, doubled, inserted or cut off, some of them many times."""
    data = bytearray(content)
    for _ in range(rng.choice((1, 1, 1, 2, 3, 8, 40))):
        if not data:
            break
        # Half of the damage goes to the beginning, where headers are.
        place = rng.randrange(min(len(data), rng.choice((64, 256, len(data)))))
        rng.choice((_flip, _set, _number, _cut, _remove, _double, _insert))(data, place, rng)
    return bytes(data)


def _flip(data: bytearray, place: int, rng: Random) -> None:
    data[place] ^= 1 << rng.randrange(8)


def _set(data: bytearray, place: int, rng: Random) -> None:
    data[place] = rng.choice((0, 1, 127, 128, 255, rng.randrange(256)))


def _number(data: bytearray, place: int, rng: Random) -> None:
    kind = rng.choice("bhiq") if rng.random() < 0.9 else "d"
    size = struct.calcsize(kind)
    value = rng.choice(NUMBERS) & ((1 << 8 * size - 1) - 1) if kind != "d" else rng.choice((1e308, float("nan"), 1e999))
    data[place : place + size] = struct.pack(rng.choice("<>") + kind, value)


def _cut(data: bytearray, place: int, rng: Random) -> None:
    if rng.random() < 0.3:
        del data[place:]


def _remove(data: bytearray, place: int, rng: Random) -> None:
    del data[place : place + rng.choice((1, 2, 4, 16, 300))]


def _double(data: bytearray, place: int, rng: Random) -> None:
    part = data[place : place + rng.choice((1, 4, 16, 300))]
    data[place:place] = part * rng.choice((1, 2, 20))


def _insert(data: bytearray, place: int, rng: Random) -> None:
    data[place:place] = rng.choice((*WORDS, rng.randbytes(rng.choice((1, 4, 30)))))


def mutated_png(content: bytes, rng: Random) -> bytes:
    """A PNG with a damaged chunk whose checksum is right, or with pixels packed anew."""
    place, chunks = 8, []
    while place + 8 <= len(content):
        length = int.from_bytes(content[place : place + 4], "big")
        chunks.append((content[place + 4 : place + 8], content[place + 8 : place + 8 + length]))
        place += 12 + length
    if not chunks:
        return mutated_bytes(content, rng)
    number = rng.randrange(len(chunks))
    kind, data = chunks[number]
    if kind == b"IDAT" and rng.random() < 0.5:
        try:
            data = zlib.compress(mutated_bytes(zlib.decompress(data), rng))
        except zlib.error:
            data = mutated_bytes(data, rng)
    else:
        data = mutated_bytes(data, rng)
    if rng.random() < 0.1:
        kind = rng.choice((b"tRNS", b"PLTE", b"eXIf", b"iCCP", b"zTXt", b"acTL", b"fcTL", b"fdAT", b"IEND", b"gAMA"))
    chunks[number] = kind, data
    if rng.random() < 0.1:
        chunks.insert(rng.randrange(len(chunks)), rng.choice(chunks))
    parts = [
        struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data)) for kind, data in chunks
    ]
    return content[:8] + b"".join(parts)


def mutated_zip(content: bytes, rng: Random) -> bytes:
    """A zip of which one member is damaged, packed anew."""
    stream = io.BytesIO()
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as old, zipfile.ZipFile(stream, "w", zipfile.ZIP_DEFLATED) as new:
            names = old.namelist()
            damaged = rng.choice(names)
            for name in names:
                member = old.read(name)
                if name == damaged and rng.random() < 0.1:
                    continue
                new.writestr(name, mutated_bytes(member, rng) if name == damaged else member)
    except zipfile.BadZipFile:
        return mutated_bytes(content, rng)
    return stream.getvalue()


def mutated_safetensors(content: bytes, rng: Random) -> bytes:
    """A safetensors file whose header is damaged as JSON, or whose metadata are, with the right length."""
    length = int.from_bytes(content[:8], "little")
    header = json.loads(content[8 : 8 + length])
    told = header["__metadata__"]
    structured = [name for name, value in told.items() if value.startswith(("{", "["))]
    if structured and rng.random() < 0.5:
        name = rng.choice(structured)
        told[name] = mutated_json(told[name].encode(), rng).decode(errors="replace")
    elif rng.random() < 0.3:
        told[rng.choice(list(told))] = rng.choice((*TEXTS[:-1], *map(str, NUMBERS)))
    elif rng.random() < 0.3:  # shapes that fill the same bytes
        tensor = header[rng.choice([name for name in header if name != "__metadata__"])]
        tensor["shape"] = rng.choice(([1, *tensor["shape"]], tensor["shape"][::-1], [*tensor["shape"], 1]))
    elif rng.random() < 0.3:
        tensor = header[rng.choice([name for name in header if name != "__metadata__"])]
        tensor["dtype"] = rng.choice(("F32", "I32", "U32", "F16", "BF16", "BOOL", "U8", "I64", "F64", "F8_E4M3", "C64"))
    else:
        header = json.loads(mutated_json(json.dumps(header).encode(), rng) or b"{}")
    text = json.dumps(header).encode(errors="replace")
    text += b" " * (-len(text) % 8)
    return len(text).to_bytes(8, "little") + text + content[8 + length :]


def mutated_mat(content: bytes, rng: Random) -> bytes:
    """A MAT-file of which a compressed element is damaged inside."""
    size = int.from_bytes(content[132:136], "little")
    try:
        inside = zlib.decompress(content[136 : 136 + size])
    except zlib.error:
        return mutated_bytes(content, rng)
    packed = zlib.compress(mutated_bytes(inside[:200], rng) + inside[200:])
    return content[:128] + (15).to_bytes(4, "little") + len(packed).to_bytes(4, "little") + packed


def mutated_glb(content: bytes, rng: Random) -> bytes:
    """A binary glTF whose JSON is damaged as JSON, with the right lengths."""
    length = int.from_bytes(content[12:16], "little")
    text = mutated_json(content[20 : 20 + length], rng)
    text += b" " * (-len(text) % 4)
    rest = content[20 + length :]
    return (
        content[:8]
        + (20 + len(text) + len(rest)).to_bytes(4, "little")
        + len(text).to_bytes(4, "little")
        + content[16:20]
        + text
        + rest
    )


BY_ENDING: dict[str, Callable[[bytes, Random], bytes]] = {
    ".json": mutated_json,
    ".gltf": mutated_json,
    ".jsonl": mutated_lines,
    ".obj": mutated_lines,
    ".mtl": mutated_lines,
    ".off": mutated_lines,
    ".csv": mutated_lines,
    ".png": mutated_png,
    ".npz": mutated_zip,
    ".safetensors": mutated_safetensors,
    ".mat": mutated_mat,
    ".glb": mutated_glb,
}
"""The damage that keeps the frame of a format whole; any file is damaged blindly, too."""


def mutated(content: bytes, ending: str, rng: Random) -> bytes:
    """The content of a file with this ending, damaged."""
    of_the_format = BY_ENDING.get(ending)
    if of_the_format is None or rng.random() < 0.4:
        return mutated_bytes(content, rng)
    try:
        return of_the_format(content, rng)
    except (ValueError, KeyError, TypeError, IndexError, RecursionError, struct.error, OverflowError):
        return mutated_bytes(content, rng)  # the frame itself is unknown to the mutation
