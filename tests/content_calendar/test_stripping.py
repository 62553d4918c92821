"""A picture leaves the house without where it was taken, and still looks as it did; what is no whole picture does not."""

from __future__ import annotations

import contextlib
import struct
import zlib

import pytest
from hypothesis import given
from hypothesis import strategies as st

from content_calendar.stripping import BadPicture, stripped

PLACE = b"39.9042N 116.4074E"


def chunk(kind: bytes, body: bytes) -> bytes:
    return struct.pack(">I", len(body)) + kind + body + struct.pack(">I", zlib.crc32(kind + body))


def png(*more: bytes, width: int = 2, height: int = 2) -> bytes:
    """A small whole PNG, with further chunks before its pixels."""
    pixels = zlib.compress(b"".join(b"\0" + b"\x80" * 3 * 2 for _ in range(2)))
    head = chunk(b"IHDR", struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0))
    return b"\x89PNG\r\n\x1a\n" + head + b"".join(more) + chunk(b"IDAT", pixels) + chunk(b"IEND", b"")


def segment(marker: int, body: bytes) -> bytes:
    return struct.pack(">BBH", 0xFF, marker, len(body) + 2) + body


def exif(turned: int, order: str = ">") -> bytes:
    """Exif with a way up and a place."""
    mark = b"MM\0*" if order == ">" else b"II*\0"
    entry = struct.pack(f"{order}HHIHH", 0x0112, 3, 1, turned, 0)
    return segment(0xE1, b"Exif\0\0" + mark + struct.pack(f"{order}IH", 8, 1) + entry + PLACE)


def jpeg(*more: bytes, width: int = 4, height: int = 3) -> bytes:
    """A JPEG as far as its segments go, with further ones after the first."""
    frame = segment(0xC0, struct.pack(">BHHB", 8, height, width, 1) + b"\x01\x11\x00")
    jfif = segment(0xE0, b"JFIF\0\x01\x01\0\0\x01\0\x01\0\0")
    scan = segment(0xDA, b"\x01\x01\0\0?\0") + b"\x12\xff\x00\x34\xff\xd0\x56"
    return b"\xff\xd8" + jfif + b"".join(more) + frame + scan + b"\xff\xd9"


@pytest.mark.parametrize(
    "told",
    [
        chunk(b"tEXt", b"Location\0" + PLACE), chunk(b"eXIf", PLACE), chunk(b"iTXt", PLACE), chunk(b"tIME", PLACE[:7]),
        chunk(b"vpAg", PLACE),
    ],
)  # fmt: skip
def test_a_png_says_nothing_but_its_pixels(told: bytes) -> None:
    assert stripped(png(told) + PLACE) == png()
    assert stripped(png(chunk(b"gAMA", b"\0\0\xb1\x8f"))) == png(chunk(b"gAMA", b"\0\0\xb1\x8f"))


@pytest.mark.parametrize(
    "told",
    [exif(1), segment(0xE1, b"http://ns.adobe.com/xap/1.0/\0" + PLACE), segment(0xED, PLACE), segment(0xFE, PLACE), segment(0xE2, b"MPF\0" + PLACE)],
)  # fmt: skip
def test_a_jpeg_says_nothing_but_its_pixels(told: bytes) -> None:
    assert stripped(jpeg(told) + PLACE) == jpeg()
    icc = segment(0xE2, b"ICC_PROFILE\0\x01\x01colours")
    assert stripped(jpeg(icc)) == jpeg(icc)


@pytest.mark.parametrize("order", [">", "<"])
@pytest.mark.parametrize("turned", [3, 6, 8])
def test_a_photo_that_was_held_upright_stays_upright(turned: int, order: str) -> None:
    found = stripped(jpeg(exif(turned, order)))
    assert PLACE not in found and found.count(b"Exif") == 1
    assert stripped(found) == found  # and the little that is left is read again as it was
    at = found.index(b"Exif\0\0") + 6
    assert struct.unpack_from(">H", found, at + 18)[0] == turned


@pytest.mark.parametrize(
    "content",
    [
        b"", b"GIF89a", b"%PDF-1.7", b"<svg/>", b"\x89PNG\r\n\x1a\n", b"\xff\xd8\xff", png()[:-4], png()[:40], jpeg()[:-2], jpeg()[:30],
        png().replace(b"IDAT", b"JDAT"), b"\x89PNG\r\n\x1a\n" + chunk(b"IDAT", b"x") + chunk(b"IEND", b""),
        png(width=20_000), png(width=0), jpeg(width=20_000), jpeg(height=0), b"\xff\xd8\xff\xda\x00\x02\xff\xd9",
    ],
)  # fmt: skip
def test_what_is_no_whole_picture_is_refused(content: bytes) -> None:
    with pytest.raises(BadPicture):
        stripped(content)


@given(st.sampled_from([png(), jpeg(exif(6))]), st.integers(0, 300), st.binary(max_size=8))
def test_no_damage_brings_it_down(whole: bytes, at: int, damage: bytes) -> None:
    broken = whole[:at] + damage + whole[at + len(damage) :]
    with contextlib.suppress(BadPicture):
        assert len(stripped(broken)) <= len(broken) + 40
