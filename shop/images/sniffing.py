"""Tell from its bytes what a file is that would not open, so that we say something true."""

import struct
from typing import IO

# https://en.wikipedia.org/wiki/List_of_file_signatures
_OTHER_KINDS = (
    (b"BM", "BMP"),
    (b"%PDF", "PDF"),
    (b"8BPS", "PSD"),
    (b"\xff\x0a", "JPEG XL"),
    (b"\0\0\0\x0cJXL ", "JPEG XL"),
    (b"\0\0\0\x0cjP  ", "JPEG 2000"),
    (b"FUJIFILMCCD-RAW", "RAW"),
)
_MOVIES = {b"qt  ", b"isom", b"mp41", b"mp42", b"M4V ", b"iso5", b"iso6"}
_OURS = (b"\xff\xd8\xff", b"\x89PNG\r\n\x1a\n", b"II*\0", b"MM\0*", b"II+\0", b"MM\0+")
_TAIL = 64


def kind_of(file: IO[bytes]) -> str:
    """Name a well-known kind of file that the shop does not take, or ""."""
    head = _read(file, 0, 4096)
    for magic, kind in _OTHER_KINDS:
        if head.startswith(magic):
            return kind
    if head[4:8] == b"ftyp":
        return _kind_of_brand(head[8:12])
    return "SVG" if b"<svg" in head.lower() else ""


def _kind_of_brand(brand: bytes) -> str:
    if brand == b"crx ":
        return "RAW"
    return "MP4" if brand in _MOVIES else ""


def looks_like_ours(file: IO[bytes]) -> bool:
    """Say whether it begins like a picture that the shop takes."""
    head = _read(file, 0, 12)
    return head.startswith(_OURS) or head[8:12] == b"WEBP" or head[4:8] == b"ftyp"


def ends_early(file: IO[bytes]) -> bool:
    """Say whether the end of the file is missing. Only meaningful once decoding has failed."""
    size = file.seek(0, 2)
    head = _read(file, 0, 12)
    tail = _read(file, max(0, size - _TAIL), _TAIL)
    if head.startswith(b"\xff\xd8"):
        return b"\xff\xd9" not in tail
    if head.startswith(b"\x89PNG"):
        return b"IEND" not in tail
    if head[8:12] == b"WEBP":
        return int(struct.unpack_from("<I", head, 4)[0]) + 8 > size
    return head[4:8] == b"ftyp" and _last_box_is_cut(file, size)


def _last_box_is_cut(file: IO[bytes], size: int) -> bool:
    """Walk the boxes of ISO/IEC 14496-12: a length first, 1 when a longer one follows."""
    at = 0
    while at < size:
        box = _read(file, at, 16)
        if len(box) < 8:
            return True
        length = int.from_bytes(box[:4])
        if length == 1:
            length = int.from_bytes(box[8:16])
        if length < 8:
            return False
        at += length
    return at > size


def _read(file: IO[bytes], at: int, length: int) -> bytes:
    file.seek(at)
    return file.read(length)
