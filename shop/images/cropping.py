"""Where to cut a photograph so that what matters stays in it. Integers only."""

type Box = tuple[int, int, int, int]
type Focal = tuple[int, int]


def crop_box(width: int, height: int, ratio_w: int, ratio_h: int, focal: Focal = (50, 50)) -> Box:
    """Return (left, top, right, bottom) of the largest ratio_w:ratio_h part of the picture.

    It is centred on the focal point (percent from the left and from the top) as far as the picture
    reaches.
    """
    if width * ratio_h > height * ratio_w:
        cut_w, cut_h = max(1, height * ratio_w // ratio_h), height
    else:
        cut_w, cut_h = width, max(1, width * ratio_h // ratio_w)
    left = _start(whole=width, part=cut_w, percent=focal[0])
    top = _start(whole=height, part=cut_h, percent=focal[1])
    return left, top, left + cut_w, top + cut_h


def _start(*, whole: int, part: int, percent: int) -> int:
    # Rounded to the nearest pixel: only then is the focal point in every cut, even of one pixel.
    centred = (2 * whole * percent - 100 * part + 100) // 200
    return min(max(centred, 0), whole - part)


def is_ratio(width: int, height: int, ratio_w: int, ratio_h: int) -> bool:
    """Say whether a picture has this shape already, within 1 %."""
    return abs(width * ratio_h - height * ratio_w) * 100 <= height * ratio_w
