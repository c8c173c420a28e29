"""Colours as every browser understands them: sRGB, opaque, on the house's paper."""

from contextlib import suppress
from io import BytesIO

from PIL import Image, ImageCms

# --tissue of the design, oklch(97.2% .005 135).
PAPER = (245, 247, 244)
_SRGB = ImageCms.createProfile("sRGB")


def to_srgb(image: Image.Image, icc: bytes | None) -> Image.Image:
    """Return an RGB picture: its profile applied, transparency laid on paper."""
    if image.mode != "RGBA":
        return _converted(image, icc)
    opaque = Image.new("RGB", image.size, PAPER)
    opaque.paste(_converted(image.convert("RGB"), icc), mask=image.getchannel("A"))
    return opaque


def _converted(image: Image.Image, icc: bytes | None) -> Image.Image:
    # A profile that is broken, or made for another kind of picture, is as good as none.
    with suppress(ImageCms.PyCMSError, OSError, ValueError, TypeError):
        if icc:
            return _applied(image, ImageCms.ImageCmsProfile(BytesIO(icc)))
    return image.convert("RGB")


def _applied(image: Image.Image, profile: ImageCms.ImageCmsProfile) -> Image.Image:
    if ImageCms.getProfileDescription(profile).startswith("sRGB"):
        return image.convert("RGB")
    converted = ImageCms.profileToProfile(
        image,
        profile,
        _SRGB,
        renderingIntent=ImageCms.Intent.RELATIVE_COLORIMETRIC,
        outputMode="RGB",
        flags=ImageCms.Flags.BLACKPOINTCOMPENSATION,
    )
    return converted or image.convert("RGB")
