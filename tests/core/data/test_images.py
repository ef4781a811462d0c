"""Every kind of picture file is read correctly or refused in one line; preprocessing never stretches."""

import os
import struct
import subprocess
import sys
import zlib
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import cv2
import numpy as np
import pillow_heif
import pytest
from PIL import Image, ImageOps, UnidentifiedImageError

from core.data import decoding, images
from core.data.images import load_picture, object_box, picture_from_pixels, preprocess
from core.errors import ImageError

RED, GREEN, BLUE, WHITE = (255, 0, 0), (0, 255, 0), (0, 0, 255), (255, 255, 255)


def quarters(mode="RGB", size=(40, 20)):
    """Red, green / blue, white quarters: every turn and flip of it is a different picture."""
    width, height = size
    pixels = np.zeros((height, width, 3), np.uint8)
    pixels[: height // 2, : width // 2] = RED
    pixels[: height // 2, width // 2 :] = GREEN
    pixels[height // 2 :, : width // 2] = BLUE
    pixels[height // 2 :, width // 2 :] = WHITE
    return Image.fromarray(pixels).convert(mode)


def saved(image, path, **options):
    image.save(path, **options)
    return path


def png_chunk(kind, data):
    return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))


def png(path, width, height, bit_depth, colour_type, rows, extra=b""):
    """A PNG written by hand, for what Pillow cannot write itself."""
    header = struct.pack(">IIBBBBB", width, height, bit_depth, colour_type, 0, 0, 0)
    body = png_chunk(b"IHDR", header) + extra + png_chunk(b"IDAT", zlib.compress(rows))
    path.write_bytes(b"\x89PNG\r\n\x1a\n" + body + png_chunk(b"IEND", b""))
    return path


def refused(path):
    with pytest.raises(ImageError) as caught:
        load_picture(path)
    message = str(caught.value)
    assert "\n" not in message
    assert str(path)[:100] in message
    assert len(message) <= 300
    return message


@pytest.mark.parametrize("name", ["a.png", "a.webp", "a.bmp", "a.tiff"])
def test_lossless_formats_keep_every_pixel(tmp_path, name):
    picture = load_picture(saved(quarters(), tmp_path / name, **({"lossless": True} if "webp" in name else {})))
    assert picture.pixels.dtype == np.uint8
    assert np.array_equal(picture.pixels, np.asarray(quarters()))
    assert picture.path == tmp_path / name
    assert not picture.has_alpha
    assert picture.notes == ()


def test_jpeg_is_close(tmp_path):
    picture = load_picture(saved(quarters(), tmp_path / "a.jpg", quality=95, subsampling=0))
    assert np.abs(picture.pixels[4, 4].astype(int) - RED).max() < 6


def test_a_wrong_ending_does_not_matter(tmp_path):
    quarters().save(tmp_path / "a.jpg", format="PNG")
    assert np.array_equal(load_picture(tmp_path / "a.jpg").pixels, np.asarray(quarters()))


def test_a_path_given_as_text_is_understood(tmp_path):
    assert load_picture(str(saved(quarters(), tmp_path / "a.png"))).path == tmp_path / "a.png"


@pytest.mark.parametrize("orientation", range(1, 9))
def test_exif_orientation_is_undone(tmp_path, orientation):
    exif = Image.Exif()
    exif[0x0112] = orientation
    path = saved(quarters(), tmp_path / "a.png", exif=exif)
    with Image.open(path) as image:
        expected = np.asarray(ImageOps.exif_transpose(image))
    assert np.array_equal(load_picture(path).pixels, expected)


def test_exif_6_turns_clockwise(tmp_path):
    exif = Image.Exif()
    exif[0x0112] = 6
    pixels = load_picture(saved(quarters(), tmp_path / "a.jpg", exif=exif, quality=95)).pixels
    assert pixels.shape == (40, 20, 3)
    for (row, column), colour in {(5, 5): BLUE, (5, 15): RED, (35, 5): WHITE, (35, 15): GREEN}.items():
        assert np.abs(pixels[row, column].astype(int) - colour).max() < 10


@pytest.mark.parametrize("orientation", [0, 9, 1000])
def test_an_impossible_orientation_is_ignored(tmp_path, orientation):
    exif = Image.Exif()
    exif[0x0112] = orientation
    path = saved(quarters(), tmp_path / "a.png", exif=exif)
    assert np.array_equal(load_picture(path).pixels, np.asarray(quarters()))


def test_damaged_metadata_does_not_cost_the_picture(tmp_path):
    path = saved(quarters(), tmp_path / "a.jpg", exif=b"Exif\x00\x00MM\x00\x2a\x00\x00\x00\x08\xff\xff\x01\x12")
    assert load_picture(path).pixels.shape == (20, 40, 3)


def test_alpha_is_kept(tmp_path):
    image = quarters("RGBA")
    image.putpixel((0, 0), (1, 2, 3, 77))
    picture = load_picture(saved(image, tmp_path / "a.png"))
    assert picture.has_alpha
    assert np.array_equal(picture.pixels, np.asarray(image))


def test_alpha_that_is_opaque_everywhere_is_dropped(tmp_path):
    picture = load_picture(saved(quarters("RGBA"), tmp_path / "a.png"))
    assert not picture.has_alpha
    assert np.array_equal(picture.pixels, np.asarray(quarters()))


@pytest.mark.parametrize("alpha", [0, images.ALPHA_THRESHOLD])
def test_alpha_that_is_transparent_everywhere_is_refused(tmp_path, alpha):
    image = quarters()
    image.putalpha(alpha)
    assert "transparent everywhere" in refused(saved(image, tmp_path / "a.png"))


def test_grey_with_alpha(tmp_path):
    image = Image.new("LA", (20, 20), (90, 255))
    image.putpixel((3, 2), (10, 0))
    pixels = load_picture(saved(image, tmp_path / "a.png")).pixels
    assert pixels[0, 0].tolist() == [90, 90, 90, 255]
    assert pixels[2, 3, 3] == 0


def test_palette(tmp_path):
    image = quarters().quantize(4)
    assert image.mode == "P"
    pixels = load_picture(saved(image, tmp_path / "a.png")).pixels
    assert np.array_equal(pixels, np.asarray(quarters()))


@pytest.mark.parametrize("transparency", [0, b"\x00\xff\x80\xff"])
def test_palette_with_transparency(tmp_path, transparency):
    image = quarters().quantize(4)
    transparent = np.asarray(image) == 0
    picture = load_picture(saved(image, tmp_path / "a.png", transparency=transparency))
    assert picture.has_alpha
    assert (picture.pixels[transparent, 3] == 0).all()
    assert (picture.pixels[~transparent, 3] > 0).all()


def test_a_transparent_colour_becomes_alpha(tmp_path):
    pixels = load_picture(saved(quarters(), tmp_path / "a.png", transparency=RED)).pixels
    assert pixels[0, 0, 3] == 0
    assert pixels[0, 30].tolist() == [0, 255, 0, 255]


def test_cmyk_jpeg(tmp_path):
    path = saved(quarters("CMYK"), tmp_path / "a.jpg", quality=95, subsampling=0)
    pixels = load_picture(path).pixels
    assert pixels.shape == (20, 40, 3)
    for (row, column), colour in {(4, 4): RED, (4, 30): GREEN, (15, 4): BLUE, (15, 30): WHITE}.items():
        assert np.abs(pixels[row, column].astype(int) - colour).max() < 10


def test_16_bit_grey_is_scaled_not_clipped(tmp_path):
    values = np.repeat(np.array([[0, 257, 128 * 257, 255 * 257]], np.uint16), 16, axis=0).repeat(4, axis=1)
    path = saved(Image.fromarray(values), tmp_path / "a.png")
    with Image.open(path) as image:
        assert image.mode == "I;16"
    assert load_picture(path).pixels[0, ::4].tolist() == [[0] * 3, [1] * 3, [128] * 3, [255] * 3]


def test_16_bit_grey_with_a_transparent_value(tmp_path):
    rows = (b"\x00" + struct.pack(">16H", *range(0, 16 * 4096, 4096))) * 16
    path = png(tmp_path / "a.png", 16, 16, 16, 0, rows, png_chunk(b"tRNS", struct.pack(">H", 8192)))
    pixels = load_picture(path).pixels
    assert pixels[0, :, 3].tolist() == [255, 255, 0] + [255] * 13
    assert pixels[0, 15].tolist() == [239, 239, 239, 255]  # 15 * 4096 / 257 = 239.07


def test_16_bit_colour(tmp_path):
    row = b"\x00" + struct.pack(">3H", 65535, 32896, 0) * 16  # 32896 = 128 * 257
    assert load_picture(png(tmp_path / "a.png", 16, 16, 16, 2, row * 16)).pixels[3, 3].tolist() == [255, 128, 0]


def test_16_bit_colour_with_alpha(tmp_path):
    row = b"\x00" + struct.pack(">4H", 65535, 32896, 0, 32896) * 16
    pixels = load_picture(png(tmp_path / "a.png", 16, 16, 16, 6, row * 16)).pixels
    assert pixels[3, 3].tolist() == [255, 128, 0, 128]


def test_16_bit_pgm(tmp_path):
    (tmp_path / "a.pgm").write_bytes(b"P5 16 16 65535\n" + struct.pack(">H", 32896) * 256)
    assert load_picture(tmp_path / "a.pgm").pixels[0, 0].tolist() == [128, 128, 128]


def test_float_grey_is_stretched_and_says_so(tmp_path):
    values = np.full((16, 16), 2.0, np.float32)
    values[0, 0], values[0, 1], values[0, 2] = 1.0, 3.0, np.nan
    picture = load_picture(saved(Image.fromarray(values), tmp_path / "a.tiff"))
    assert picture.pixels[0, 1].tolist() == [255] * 3
    assert "stretched" in picture.notes[0]


@pytest.mark.parametrize("bits", [8, 10, 12, 14])
def test_grey_of_fewer_bits_in_16_is_scaled_to_its_bits_and_says_so(tmp_path, bits):
    full = 2**bits - 1
    values = np.zeros((16, 16), np.uint16)
    values[0, :3] = full // 2, full - full // 16, full // 3
    picture = load_picture(saved(Image.fromarray(values), tmp_path / "a.png"))
    expected = [round(255 * value / full) for value in (full // 2, full - full // 16, full // 3, 0)]
    assert picture.pixels[0, :4, 1].tolist() == expected
    assert f"{bits} bits" in picture.notes[0]


def test_dark_16_bit_grey_of_a_tiff_that_says_its_full_scale_stays_dark(tmp_path):
    values = np.full((16, 16), 4095, np.uint16)
    tags = {281: 65535}  # MaxSampleValue
    picture = load_picture(saved(Image.fromarray(values), tmp_path / "a.tiff", tiffinfo=tags))
    assert picture.pixels[0, 0].tolist() == [16] * 3
    assert picture.notes == ()


def test_32_bit_grey_with_the_values_of_8_bits_is_that_picture(tmp_path):
    values = np.arange(256, dtype=np.int32).reshape(16, 16)
    picture = load_picture(saved(Image.fromarray(values), tmp_path / "a.tiff"))
    assert np.array_equal(picture.pixels[..., 0], values)
    assert picture.notes


def test_32_bit_grey_with_large_or_negative_values_is_stretched(tmp_path):
    values = np.full((16, 16), 1_000_000, np.int32)
    values[0, 0], values[0, 1] = -1_000_000, 3_000_000
    picture = load_picture(saved(Image.fromarray(values), tmp_path / "a.tiff"))
    assert picture.pixels[0, :3, 0].tolist() == [0, 255, 128]
    assert "stretched" in picture.notes[0]


def test_float_grey_of_fractions_keeps_its_scale(tmp_path):
    values = np.full((16, 16), 0.25, np.float32)
    values[0, 0] = 0.8
    picture = load_picture(saved(Image.fromarray(values), tmp_path / "a.tiff"))
    assert picture.pixels[0, :2, 0].tolist() == [204, 64]


@pytest.mark.parametrize("compression", [1, 5, 8], ids=["plain", "LZW", "deflate"])
def test_float_colour_of_fractions_is_read(tmp_path, compression):
    values = np.zeros((20, 30, 3), np.float32)
    values[:10], values[10:, :, 2] = (1.0, 0.5, 0.25), 0.8
    path = tmp_path / "a.tiff"
    cv2.imwrite(str(path), values[..., ::-1], [cv2.IMWRITE_TIFF_COMPRESSION, compression])
    with pytest.raises(UnidentifiedImageError):
        Image.open(path)
    picture = load_picture(path)
    assert picture.pixels.shape == (20, 30, 3)
    assert picture.pixels[5, 5].tolist() == [255, 128, 64]
    assert picture.pixels[15, 5].tolist() == [0, 0, 204]
    assert "fractions" in picture.notes[0]


def test_float_colour_beyond_1_is_stretched_on_one_scale(tmp_path):
    values = np.zeros((20, 30, 3), np.float32)
    values[0, 0], values[0, 1] = (4.0, 2.0, 1.0), np.nan
    path = tmp_path / "a.tiff"
    # OpenCV 4 compresses floats with loss if it is not told to leave them alone: 1 is no compression.
    cv2.imwrite(str(path), values[..., ::-1], [cv2.IMWRITE_TIFF_COMPRESSION, 1])
    picture = load_picture(path)
    assert picture.pixels[0, :2].tolist() == [[255, 128, 64], [0, 0, 0]]
    assert "stretched" in picture.notes[0]


def test_colour_of_12_bits_in_16_is_not_black(tmp_path):
    row = b"\x00" + struct.pack(">3H", 4095, 2048, 0) * 16
    picture = load_picture(png(tmp_path / "a.png", 16, 16, 16, 2, row * 16))
    assert picture.pixels[3, 3].tolist() == [255, 128, 0]
    assert "12 bits" in picture.notes[0]


@pytest.mark.skipif(not Path("/proc/self/status").exists(), reason="no /proc here")
def test_large_deep_grey_takes_memory_by_its_pixels(tmp_path):
    """20 million pixels of 16 bits: 40 MB stored, 60 MB as RGB, and no copy of 160 MB in another type."""
    saved(Image.fromarray(np.full((4000, 5000), 40000, np.uint16)), tmp_path / "a.png")
    code = (
        "import re, sys; from pathlib import Path; from core.data.images import load_picture\n"
        # Not ru_maxrss, which begins with the size of this process.
        "peak = lambda: int(re.search(r'VmHWM:\\s*(\\d+)', Path('/proc/self/status').read_text())[1])\n"
        "before = peak(); load_picture(sys.argv[1]); print((peak() - before) / 1000)"
    )
    run = subprocess.run([sys.executable, "-c", code, tmp_path / "a.png"], capture_output=True, text=True, check=True)
    assert float(run.stdout) < 160


@pytest.mark.parametrize("name", ["a.heic", "a.avif"])
def test_pictures_of_phones_are_read(tmp_path, name):
    picture = quarters(size=(64, 32))
    if name == "a.heic":
        pillow_heif.from_pillow(picture).save(tmp_path / name, quality=100)
    else:
        picture.save(tmp_path / name, quality=100)
    pixels = load_picture(tmp_path / name).pixels
    assert pixels.shape == (32, 64, 3)
    for (row, column), colour in {(5, 5): RED, (5, 60): GREEN, (30, 5): BLUE, (30, 60): WHITE}.items():
        assert np.abs(pixels[row, column].astype(int) - colour).max() < 12


def test_heic_without_its_decoder_is_refused_with_that_reason(tmp_path, monkeypatch):
    pillow_heif.from_pillow(quarters(size=(64, 32))).save(tmp_path / "a.heic")
    monkeypatch.setattr(decoding, "_heif_is_read", lambda: False)
    assert "pi-heif" in refused(tmp_path / "a.heic")


def test_nothing_of_a_damaged_tiff_reaches_the_terminal(tmp_path, capfd):
    noise = np.random.default_rng(0).integers(256, size=(64, 64, 3), dtype=np.uint8)
    path = saved(Image.fromarray(noise), tmp_path / "a.tiff", compression="tiff_adobe_deflate")
    content = bytearray(path.read_bytes())
    content[600:640] = bytes(40)
    path.write_bytes(content)
    with Image.open(path) as image, pytest.raises(OSError, match="decoder error"):
        image.load()
    assert capfd.readouterr().err  # libtiff speaks where nobody keeps it from doing so
    refused(path)
    assert capfd.readouterr() == ("", "")


def test_the_terminal_is_back_when_all_threads_have_decoded(tmp_path, capfd):
    path = saved(quarters(), tmp_path / "a.tiff")
    with ThreadPoolExecutor(4) as pool:
        list(pool.map(load_picture, [path] * 40))
    os.write(2, b"still here")
    assert capfd.readouterr().err == "still here"


@pytest.mark.parametrize("mode", ["1", "L"])
def test_black_and_white_and_grey_become_rgb(tmp_path, mode):
    pixels = load_picture(saved(Image.new(mode, (16, 16), 255), tmp_path / "a.png")).pixels
    assert pixels.shape == (16, 16, 3)
    assert (pixels == 255).all()


@pytest.mark.parametrize("name", ["a.gif", "a.webp", "a.png"])
def test_an_animation_gives_its_first_frame_and_a_note(tmp_path, name):
    first, second = Image.new("RGB", (20, 20), RED), Image.new("RGB", (20, 20), BLUE)
    options = {"lossless": True} if "webp" in name else {}
    path = saved(first, tmp_path / name, save_all=True, append_images=[second], **options)
    picture = load_picture(path)
    assert (picture.pixels[..., :3] == RED).all()
    assert "first" in picture.notes[0]


def test_missing_file(tmp_path):
    assert "no such file" in refused(tmp_path / "none.png")


def test_folder(tmp_path):
    assert "folder" in refused(tmp_path)


def test_empty_file(tmp_path):
    (tmp_path / "a.png").touch()
    assert "empty" in refused(tmp_path / "a.png")


@pytest.mark.parametrize("text", ["just some text\n", "%!PS-Adobe-3.0 EPSF-3.0\n%%BoundingBox: 0 0 90 90\n%%EOF\n"])
def test_text_file(tmp_path, text):
    (tmp_path / "a.png").write_text(text)
    assert "not a picture" in refused(tmp_path / "a.png")


def test_a_name_that_cannot_be_opened(tmp_path):
    refused(tmp_path / ("x" * 300 + ".png"))
    with pytest.raises(ImageError, match="cannot be opened"):
        load_picture(Path("a\0b.png"))


@pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="the system has no named pipes")
def test_a_pipe_is_refused_instead_of_waited_for(tmp_path):
    os.mkfifo(tmp_path / "a.png")
    assert "ordinary file" in refused(tmp_path / "a.png")


def test_permission_denied(tmp_path, monkeypatch):
    path = saved(quarters(), tmp_path / "a.png")

    def denied(*_):
        raise PermissionError(13, "Permission denied")

    monkeypatch.setattr(images, "open_file", denied)  # a file's mode does not stop the superuser
    assert "permission denied" in refused(path)


def test_out_of_memory(tmp_path, monkeypatch):
    def exhausted(*_):
        raise MemoryError

    path = saved(quarters(), tmp_path / "a.png")
    monkeypatch.setattr(Image.Image, "convert", exhausted)
    assert "memory" in refused(path)


@pytest.mark.parametrize("name", ["a.png", "a.jpg", "a.webp"])
@pytest.mark.parametrize("kept", [0.1, 0.5, 0.9])
def test_truncated_file(tmp_path, name, kept):
    noise = np.random.default_rng(0).integers(256, size=(64, 64, 3), dtype=np.uint8)
    path = saved(Image.fromarray(noise), tmp_path / name)
    data = path.read_bytes()
    path.write_bytes(data[: int(len(data) * kept)])
    refused(path)


@pytest.mark.parametrize("size", [(1, 1), (15, 400), (400, 15)])
def test_too_small(tmp_path, size):
    assert "too small" in refused(saved(Image.new("RGB", size), tmp_path / "a.png"))


@pytest.mark.parametrize("size", [(9000, 9000), (10000, 9500), (30000, 30000)])
def test_too_large_is_refused_from_the_header(tmp_path, size):
    """Around Pillow's own two limits too; the file holds no pixels, so decoding would fail differently."""
    message = refused(png(tmp_path / "a.png", *size, 8, 2, b""))
    assert "too large" in message
    assert "resize" in message


def test_the_limit_stays_below_pillows_own():
    assert decoding.MAX_PIXELS < Image.MAX_IMAGE_PIXELS


def test_pasted_pixels():
    pixels = np.asarray(quarters("RGBA"))
    picture = picture_from_pixels(pixels, notes=("pasted",))
    assert not picture.has_alpha
    assert picture.path is None
    assert picture.notes == ("pasted",)
    assert np.array_equal(picture.pixels, pixels[..., :3])


@pytest.mark.parametrize(
    "pixels",
    [
        np.zeros((20, 20), np.uint8),
        np.zeros((20, 20, 2), np.uint8),
        np.zeros((20, 20, 3), np.float32),
        np.zeros((1, 1, 3), np.uint8),
        np.zeros((20, 20, 4), np.uint8),
        np.broadcast_to(np.zeros(3, np.uint8), (9000, 9000, 3)),
    ],
)
def test_impossible_pasted_pixels(pixels):
    with pytest.raises(ImageError, match="pasted picture"):
        picture_from_pixels(pixels)


def test_object_box_ends_are_exclusive_and_ignore_faint_pixels():
    pixels = np.zeros((30, 40, 4), np.uint8)
    pixels[5:9, 10:30, 3] = 255
    pixels[20, 35, 3] = images.ALPHA_THRESHOLD
    assert object_box(pixels) == (10, 5, 30, 9)
    assert object_box(pixels[..., :3]) == (0, 0, 40, 30)


def test_without_alpha_a_picture_is_padded_never_stretched():
    """100 x 50 to 64: half the size is 64 x 32, with 16 rows of the border's mean above and below."""
    pixels = np.full((50, 100, 3), RED, np.uint8)
    pixels[10:40, 10:90] = BLUE
    result = preprocess(pixels, 64)
    assert result.shape == (64, 64, 3)
    assert result.dtype == np.uint8
    assert (result[:16] == RED).all()
    assert (result[48:] == RED).all()
    blue = (result == BLUE).all(axis=2)
    assert np.flatnonzero(blue.any(axis=0))[[0, -1]].tolist() == [7, 56]  # 10 * 0.64 = 6.4 … 57.6
    assert np.flatnonzero(blue.any(axis=1))[[0, -1]].tolist() == [23, 40]  # 16 + 6.4 … 16 + 25.6


def test_padding_is_the_mean_of_the_border():
    pixels = np.zeros((20, 40, 3), np.uint8)
    pixels[0] = 240  # 40 of the 116 border pixels: 240 * 40 / 116 = 82.8
    assert preprocess(pixels, 40)[0, 0].tolist() == [83, 83, 83]


def test_with_alpha_the_longest_side_fills_the_fixed_share():
    """A 60 x 30 object anywhere in the picture ends as 80 x 40 in the middle of 100 x 100."""
    pixels = np.zeros((90, 120, 4), np.uint8)
    pixels[50:80, 7:67] = (*RED, 255)
    result = preprocess(pixels, 100, (0, 0, 255))
    expected = np.full((100, 100, 3), BLUE, np.uint8)
    expected[30:70, 10:90] = RED
    assert np.array_equal(result, expected)


def test_scale_and_shift_move_the_box():
    pixels = np.zeros((30, 30, 4), np.uint8)
    pixels[5:25, 5:25] = (*RED, 255)
    red = (preprocess(pixels, 100, BLUE, scale=0.5, shift=(0.25, -0.5)) == RED).all(axis=2)
    assert object_box(np.dstack([red * np.uint8(255)] * 4)) == (40, 10, 80, 50)  # 30 … 70, moved by +10, -20


def test_a_shift_beyond_the_edge_cuts_the_object_off():
    pixels = np.full((20, 20, 3), RED, np.uint8)
    assert preprocess(pixels, 32, shift=(-3.0, 0.0)).shape == (32, 32, 3)


def test_colours_behind_transparent_pixels_leave_no_fringe():
    """A red disc with black behind its transparent surround, on white: red stays full everywhere."""
    row, column = np.mgrid[:90, :90] - 45
    pixels = np.zeros((90, 90, 4), np.uint8)
    pixels[row**2 + column**2 < 1600] = (*RED, 255)
    result = preprocess(pixels, 32)
    assert (result[..., 0] >= 254).all()
    assert ((result[..., 1] > 0) & (result[..., 1] < 255)).any()  # edges are smoothed


def test_half_transparent_pixels_mix_with_the_background():
    pixels = np.full((20, 20, 4), (*RED, 128), np.uint8)
    centre = preprocess(pixels, 50, (0, 0, 200))[25, 25].astype(int)
    assert np.abs(centre - (128, 0, 100)).max() <= 2


def test_shrinking_averages():
    """Stripes one pixel wide become grey, not one of their two colours."""
    pixels = np.zeros((256, 256, 3), np.uint8)
    pixels[:, ::2] = 255
    assert np.abs(preprocess(pixels, 32)[:, 4:-4].astype(int) - 128).max() <= 3


def test_a_picture_as_background_stays_unchanged():
    background = np.random.default_rng(0).integers(256, size=(50, 50, 3), dtype=np.uint8)
    kept = background.copy()
    pixels = np.zeros((40, 40, 4), np.uint8)
    pixels[10:30, 10:30] = (*RED, 255)
    result = preprocess(pixels, 50, background)
    assert np.array_equal(background, kept)
    assert np.array_equal(result[:5], kept[:5])
    assert (result[5:45, 5:45] == RED).all()


def test_a_very_long_picture_needs_no_square_of_its_length():
    assert preprocess(np.zeros((16, 500_000, 3), np.uint8), 32).shape == (32, 32, 3)


def test_preprocessing_is_deterministic_and_keeps_its_input():
    pixels = np.random.default_rng(1).integers(256, size=(77, 53, 4), dtype=np.uint8)
    pixels.setflags(write=False)
    assert np.array_equal(preprocess(pixels, 64), preprocess(pixels, 64))


def test_preprocessing_refuses_what_is_transparent_everywhere():
    with pytest.raises(ImageError, match="transparent"):
        preprocess(np.zeros((20, 20, 4), np.uint8), 32)


def test_a_genuine_rendering_fills_the_square(shared_data):
    path = sorted(shared_data.glob("r2n2_sample/ShapeNetRendering/*/*/rendering/00.png"))[0]
    picture = load_picture(path)
    assert picture.pixels.shape == (137, 137, 4)
    inside = (preprocess(picture.pixels, 100, BLUE) != BLUE).any(axis=2)
    left, top, right, bottom = object_box(np.dstack([inside * np.uint8(255)] * 4))
    assert abs(max(right - left, bottom - top) - 80) <= 1
    assert abs((left + right) / 2 - 50) <= 1
    assert abs((top + bottom) / 2 - 50) <= 1
