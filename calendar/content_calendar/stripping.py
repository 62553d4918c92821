"""A picture as it may leave the house: only what is needed to show it. Where it was taken, by what and by whom stays behind.

Nothing is painted anew: the pieces of a JPEG or PNG are looked through and those that tell of the picture are left out, with
whatever hangs behind its end. Of a photo's marks the way up is kept, else it would lie on its side.
"""

from __future__ import annotations

import struct
import zlib
from collections.abc import Iterator

from content_calendar.errors import CalendarError

JPEG, PNG = b"\xff\xd8\xff", b"\x89PNG\r\n\x1a\n"
LARGEST_SIDE = 10_000  # pixels
_SHOWN = frozenset({b"IHDR", b"PLTE", b"IDAT", b"IEND", b"tRNS", b"gAMA", b"cHRM", b"sRGB", b"iCCP", b"sBIT", b"bKGD", b"pHYs"})  # fmt: skip
_FRAMES = frozenset(range(0xC0, 0xD0)) - {0xC4, 0xC8, 0xCC}  # segments that give a JPEG's size
_BARE = frozenset({0x01, *range(0xD0, 0xD8)})  # markers without a length
_SCAN, _END, _EXIF, _ORIENTATION = 0xDA, 0xD9, 0xE1, 0x0112


class BadPicture(CalendarError):
    """Not a picture that can be sent."""

    code = "picture.broken"


def stripped(content: bytes) -> bytes:
    """The picture without what tells of it; BadPicture when it is none, broken, or too large to show."""
    try:
        if content.startswith(JPEG):
            return _jpeg(content)
        if content.startswith(PNG):
            return _png(content)
    except (struct.error, IndexError) as error:
        raise _broken() from error
    raise BadPicture(
        "只收 JPG 和 PNG 图片，请换一个文件。", code="picture.kind", english="Only JPG and PNG pictures are taken."
    )  # fmt: skip


def _broken() -> BadPicture:
    return BadPicture(
        "这张图片打不开或不完整，请重新导出再传。", english="This picture is broken; export it again."
    )


def _sized(width: int, height: int) -> None:
    if not (0 < width <= LARGEST_SIDE and 0 < height <= LARGEST_SIDE):
        raise BadPicture(
            f"图片的边长要在 {LARGEST_SIDE} 像素之内，请缩小后再传。",
            code="picture.side",
            english=f"No side of a picture may exceed {LARGEST_SIDE} pixels.",
        )


def _png(content: bytes) -> bytes:
    kept, at, whole = [PNG], len(PNG), False
    while at < len(content) and not whole:
        (length,) = struct.unpack_from(">I", content, at)
        kind, end = content[at + 4 : at + 8], at + 12 + length
        if end > len(content) or zlib.crc32(content[at + 4 : end - 4]) != struct.unpack_from(">I", content, end - 4)[0]:  # fmt: skip
            raise _broken()
        if (at == len(PNG)) != (kind == b"IHDR"):
            raise _broken()
        if kind == b"IHDR":
            _sized(*struct.unpack_from(">II", content, at + 8))
        if kind in _SHOWN:
            kept.append(content[at:end])
        at, whole = end, kind == b"IEND"
    if not whole or not any(piece[4:8] == b"IDAT" for piece in kept[1:]):
        raise _broken()
    return b"".join(kept)


def _jpeg(content: bytes) -> bytes:
    kept, turned, seen = [content[:2]], 1, False
    for marker, start, end in _segments(content):
        piece = content[start:end]
        if marker in _FRAMES:
            height, width = struct.unpack_from(">HH", piece, 5)
            _sized(width, height)
            seen = True
        if marker == _EXIF and piece[4:10] == b"Exif\0\0":
            turned = _orientation(piece[10:])
        if marker == _SCAN:
            if not seen:
                raise _broken()
            mark = [_upright(turned)] if turned != 1 else []
            return b"".join([kept[0], *mark, *kept[1:], content[start : _end_of(content, start)]])
        if _shows(marker, piece):
            kept.append(piece)
    raise _broken()


def _segments(content: bytes) -> Iterator[tuple[int, int, int]]:
    """(marker, start, end) of each segment up to the first scan, which is the last given."""
    at = 2
    while True:
        if content[at] != 0xFF:
            raise _broken()
        while content[at + 1] == 0xFF:  # fill
            at += 1
        marker = content[at + 1]
        if marker in _BARE:
            at += 2
            continue
        (length,) = struct.unpack_from(">H", content, at + 2)
        end = at + 2 + length
        if length < 2 or end > len(content) or marker == _END:
            raise _broken()
        yield marker, at, end
        if marker == _SCAN:
            return
        at = end


def _shows(marker: int, piece: bytes) -> bool:
    """True for what is needed to show the picture: everything but comments and the marks of programs and cameras."""
    if marker == 0xFE:
        return False
    if not 0xE0 <= marker <= 0xEF:
        return True
    return marker in {0xE0, 0xEE} or (marker == 0xE2 and piece[4:16] == b"ICC_PROFILE\0")


def _end_of(content: bytes, scan: int) -> int:
    """Where the picture ends: behind its first end mark after the scan began (in a scan 0xFF is followed by 0x00)."""
    found = content.find(b"\xff\xd9", scan)
    if found < 0:
        raise _broken()
    return found + 2


def _orientation(tiff: bytes) -> int:
    """Which way up a photo is, 1 to 8; 1 when it does not say."""
    order = {b"II": "<", b"MM": ">"}.get(tiff[:2])
    try:
        if order is None:
            return 1
        (first,) = struct.unpack_from(f"{order}I", tiff, 4)
        (count,) = struct.unpack_from(f"{order}H", tiff, first)
        for number in range(min(count, 200)):
            tag, kind, _many, value = struct.unpack_from(f"{order}HHIH", tiff, first + 2 + 12 * number)
            if tag == _ORIENTATION and kind == 3:
                return int(value) if 1 <= value <= 8 else 1
    except struct.error:
        return 1
    return 1


def _upright(turned: int) -> bytes:
    """A segment that says which way up the photo is, and nothing else."""
    tiff = b"MM\0*" + struct.pack(">IHHHIHHI", 8, 1, _ORIENTATION, 3, 1, turned, 0, 0)
    body = b"Exif\0\0" + tiff
    return struct.pack(">BBH", 0xFF, _EXIF, len(body) + 2) + body
