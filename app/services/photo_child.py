"""Runs alone in a child process: decodes a photo nobody has vouched for and writes it anew.

A picture of 46 bytes can say that it is 50 million pixels, and one of a megabyte can be decoded two thousand
times over, so the decoder lives where that does no harm. Started by its path: imports nothing of the application.
In: the photo on stdin. Out: a JPEG of its pixels alone; or the exit code says why there is none.
"""

import io
import sys

from PIL import Image, ImageOps, JpegImagePlugin, PngImagePlugin, WebPImagePlugin

MOST_PIXELS = 50_000_000  # of the photo as sent: a phone's camera has 12–50 million
LONGEST_EDGE = 1600  # pixels of the photo as kept: A4 at 140 dpi
QUALITY = 82
PHOTOS = [plugin.format for plugin in (JpegImagePlugin.JpegImageFile, PngImagePlugin.PngImageFile, WebPImagePlugin.WebPImageFile)]
TOO_MANY_PIXELS = 10  # exit code; any other says that it is no photo, is damaged, or took too much

Image.MAX_IMAGE_PIXELS = MOST_PIXELS  # the decoder's own alarm, twice as far away: before that it only warns


def anew(photo: Image.Image) -> bytes:
    """The pixels alone: upright, on white, at most ``LONGEST_EDGE``, as JPEG."""
    photo.draft("RGB", (LONGEST_EDGE, LONGEST_EDGE))  # a JPEG is decoded no larger than needed
    photo.thumbnail((LONGEST_EDGE, LONGEST_EDGE))  # before it is turned, which takes a second picture
    upright = ImageOps.exif_transpose(photo)
    kept = Image.new("RGB", upright.size, "white")
    kept.paste(upright, mask=upright.convert("RGBA").getchannel("A"))
    written = io.BytesIO()
    kept.save(written, "JPEG", quality=QUALITY, optimize=True)
    return written.getvalue()


def main() -> int:
    try:
        with Image.open(io.BytesIO(sys.stdin.buffer.read()), formats=PHOTOS) as photo:
            if photo.width * photo.height > MOST_PIXELS:
                return TOO_MANY_PIXELS
            sys.stdout.buffer.write(anew(photo))
    except Image.DecompressionBombError:
        return TOO_MANY_PIXELS
    return 0


if __name__ == "__main__":
    sys.exit(main())
