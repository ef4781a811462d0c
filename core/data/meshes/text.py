"""Text of other programs: UTF-8, UTF-16 or Latin-1, with or without a byte order mark, lines ended in any way."""

import codecs

_MARKS = (
    (codecs.BOM_UTF8, "utf-8"),
    (codecs.BOM_UTF32_LE, "utf-32-le"),  # before UTF-16, whose mark it begins with
    (codecs.BOM_UTF32_BE, "utf-32-be"),
    (codecs.BOM_UTF16_LE, "utf-16-le"),
    (codecs.BOM_UTF16_BE, "utf-16-be"),
)


def plain_lines(content: bytes) -> bytes:
    """The same text without a byte order mark, in UTF-8 where it was UTF-16 or 32, its lines ended by a line feed."""
    content, _ = without_mark(content)
    return content.replace(b"\r\n", b"\n").replace(b"\r", b"\n")


def without_mark(content: bytes) -> tuple[bytes, str | None]:
    """The same text without a byte order mark, and the encoding if it had to be changed."""
    for mark, encoding in _MARKS:
        if content.startswith(mark):
            rest = content[len(mark) :]
            return (rest, None) if encoding == "utf-8" else (_encoded(rest, encoding), encoding)
    # Without a mark: of Latin letters every other byte of UTF-16 is zero.
    start = content[:64]
    if len(start) >= 8 and not len(start) % 2:
        for zero, encoding in ((1, "utf-16-le"), (0, "utf-16-be")):
            if not any(start[zero::2]) and all(start[1 - zero :: 2]):
                return _encoded(content, encoding), encoding
    return content, None


def decoded(name: bytes) -> str:
    """A name in UTF-8, or else in the Latin-1 of Windows."""
    try:
        return name.decode()
    except UnicodeDecodeError:
        return name.decode("cp1252", errors="replace")


def _encoded(content: bytes, encoding: str) -> bytes:
    return content.decode(encoding, errors="replace").encode()
