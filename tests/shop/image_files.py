"""Real picture files for the tests of shop.images, made on the spot."""

import struct
import zlib
from io import BytesIO
from typing import Any

from PIL import Image
from PIL.PngImagePlugin import PngInfo

import shop.images  # noqa: F401 - lets Pillow write HEIC

FORMATS_IN = ("JPEG", "PNG", "WEBP", "AVIF", "TIFF", "HEIF")
PLACE = b"Rua das Flores 7, Porto"
COMMENT = b"Ring for Alice, 1,200 euros"


def picture(width: int = 500, height: int = 625, mode: str = "RGB") -> Image.Image:
    """Return a picture whose four quarters are unlike each other, with something in every row."""
    quarters = Image.new("RGB", (2, 2))
    quarters.putdata([(200, 30, 40), (30, 160, 60), (40, 60, 200), (230, 220, 90)])
    ramp = Image.linear_gradient("L").resize((width, height))
    drawn = Image.composite(
        quarters.resize((width, height), 0), Image.new("RGB", (width, height)), ramp
    )
    return drawn.convert(mode)


def saved(image: Image.Image, format_: str = "JPEG", **options: Any) -> BytesIO:
    """Return the file, at its beginning."""
    file = BytesIO()
    image.save(file, format_, **options)
    file.seek(0)
    return file


def telltale(orientation: int = 1) -> Image.Exif:
    """Return Exif as a phone writes it: where, when, which way up, and whose."""
    exif = Image.Exif()
    exif[0x0112] = orientation
    exif[0x010F] = "Phonemaker"
    exif[0x013B] = PLACE.decode()
    exif.get_ifd(0x8769)[0x9003] = "2026:05:04 14:32:10"
    exif.get_ifd(0x8769)[0x9011] = "+02:00"
    exif.get_ifd(0x8825).update({1: "N", 2: (41.0, 8.0, 45.5), 3: "W", 4: (8.0, 36.0, 40.0)})
    return exif


def talkative(format_: str) -> BytesIO:
    """Return a picture that says everything its format can say."""
    xmp = b"<x:xmpmeta xmlns:x='adobe:ns:meta/'><here>" + PLACE + b"</here></x:xmpmeta>"
    options: dict[str, Any] = {"exif": telltale()}
    if format_ == "PNG":
        options["pnginfo"] = PngInfo()
        options["pnginfo"].add_text("Comment", COMMENT.decode())
    elif format_ == "TIFF":
        said = {270: COMMENT.decode(), 700: xmp, 0x8769: dict(telltale().get_ifd(0x8769))}
        options = {"tiffinfo": said | {315: PLACE.decode()}}
    else:
        options["xmp"] = xmp
    if format_ == "JPEG":
        options["comment"] = COMMENT
    return saved(picture(), format_, **options)


def declaring(width: int, height: int) -> BytesIO:
    """Return a PNG of a few bytes that declares this size: a decompression bomb."""
    header = struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0)
    body = zlib.compress(b"\0" * 10_000)
    chunks = [(b"IHDR", header), (b"IDAT", body), (b"IEND", b"")]
    return BytesIO(b"\x89PNG\r\n\x1a\n" + b"".join(_chunk(*chunk) for chunk in chunks))


def deep_png(value: int, *, colours: int) -> BytesIO:
    """Return a PNG of 16 bits a channel, all of one value; 1 channel is grey, 3 are RGB."""
    header = struct.pack(">IIBBBBB", 400, 400, 16, {1: 0, 3: 2}[colours], 0, 0, 0)
    row = b"\0" + struct.pack(">H", value) * 400 * colours
    chunks = [(b"IHDR", header), (b"IDAT", zlib.compress(row * 400)), (b"IEND", b"")]
    return BytesIO(b"\x89PNG\r\n\x1a\n" + b"".join(_chunk(*chunk) for chunk in chunks))


def _chunk(kind: bytes, body: bytes) -> bytes:
    return struct.pack(">I", len(body)) + kind + body + struct.pack(">I", zlib.crc32(kind + body))
