"""Files that a drop should survive, the same ones for the same seed."""

import struct
import zlib
from collections.abc import Iterator
from functools import cache
from random import Random

from tests.shop.image_files import COMMENT, FORMATS_IN, PLACE, declaring, picture, saved, talkative

SECRETS = (PLACE, COMMENT, b"<script", b"<?php", b"PK\x03\x04", b"%PDF")
SVG = b'<?xml version="1.0"?><svg xmlns="http://www.w3.org/2000/svg" onload="alert(1)"><script>x'
NOT_PICTURES = (
    b"",
    b"\0" * 5000,
    SVG,
    b"<!doctype html><script>alert(1)</script>" * 20,
    b"<?php system($_GET['x']); ?>" * 20,
    b"PK\x03\x04" + bytes(3000),
    b"%PDF-1.7\n" + bytes(3000),
    b"\0\0\0\x18ftypmp42" + bytes(3000),
    b"BM" + bytes(3000),
    b"#!/bin/sh\nrm -rf /\n",
)
NAMES = (
    "../../../../etc/cron.d/x.jpg",
    "..\\..\\windows\\x.jpg",
    "/etc/passwd",
    "C:\\autoexec.bat",
    "a\0b.php",
    "..",
    ".htaccess",
    "x" * 400 + ".jpg",
    "<script>alert(1)</script>.svg",
    "gpj.\u202eevil.exe",
    "%2e%2e%2f%2e%2e%2fx.jpg",
    "ring\r\nSet-Cookie: a=b.jpg",
    "'; DROP TABLE catalog_photo; --.jpg",
    "{{ 7*7 }}.jpg",
    "",
    "💍" * 60 + ".heic",
)


def shoot(seed: int, count: int) -> Iterator[tuple[str, bytes]]:
    """Names and contents: truncated, flipped, spliced, bombs, wrong types, polyglots, talkative."""
    random = Random(seed)
    whole = {name: talkative(name).getvalue() for name in FORMATS_IN}
    plain = saved(picture(420, 520)).getvalue()
    kinds = [_cut, _flip, _splice, _bomb, _other, _polyglot, _named]
    for number in range(count):
        content = whole[random.choice(FORMATS_IN)]
        made = kinds[number % len(kinds)](content, random)
        name = random.choice(NAMES) if number % 7 in {5, 6} else f"DSC_{number}.jpg"
        yield name, made
    yield "clean.jpg", plain


def _cut(content: bytes, random: Random) -> bytes:
    return content[: random.randrange(len(content))]


def _flip(content: bytes, random: Random) -> bytes:
    flipped = bytearray(content)
    for _ in range(random.choice((1, 3, 30, 300))):
        flipped[random.randrange(len(flipped))] = random.randrange(256)
    return bytes(flipped)


def _splice(content: bytes, random: Random) -> bytes:
    a, b = sorted(random.randrange(len(content)) for _ in range(2))
    return content[:a] + random.randbytes(random.choice((0, 8, 5000))) + content[b:]


def _bomb(content: bytes, random: Random) -> bytes:
    """Few bytes that declare, or unfold to, very many pixels."""
    side = random.choice((20_000, 60_000, 65_535))
    bombs = [declaring(side, side).getvalue(), _unfolding_png(), content]
    bomb = random.choice(bombs)
    return _declared_larger(bomb, side) if bomb is content else bomb


@cache
def _unfolding_png() -> bytes:
    """A real PNG, one colour, of 100 million pixels in a hundred kilobytes."""
    head = struct.pack(">IIBBBBB", 10_000, 10_000, 8, 0, 0, 0, 0)
    chunks = [(b"IHDR", head), (b"IDAT", zlib.compress(bytes(10_001) * 1000)), (b"IEND", b"")]
    body = (
        struct.pack(">I", len(b)) + k + b + struct.pack(">I", zlib.crc32(k + b)) for k, b in chunks
    )
    return b"\x89PNG\r\n\x1a\n" + b"".join(body)


def _declared_larger(content: bytes, side: int) -> bytes:
    """The size that HEIC and AVIF (ispe), JPEG and PNG write in their heads, made huge."""
    old = struct.pack(">II", 500, 625)
    large = content.replace(old, struct.pack(">II", side, side))
    return large.replace(struct.pack(">HH", 625, 500), struct.pack(">HH", side, side))


def _other(content: bytes, random: Random) -> bytes:
    other = random.choice(NOT_PICTURES)
    return other if random.random() < 0.6 else content[: random.randrange(4, 40)] + other


def _polyglot(content: bytes, random: Random) -> bytes:
    """A picture that is something else as well."""
    return random.choice((content + SVG, content + NOT_PICTURES[5] + PLACE, SVG + content))


def _named(content: bytes, random: Random) -> bytes:
    """A good picture, a little unlike the others, whose name is the trouble."""
    unlike = picture(400 + random.randrange(60), 500 + random.randrange(60))
    return content if random.random() < 0.3 else saved(unlike, quality=70).getvalue()
