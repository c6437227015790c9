"""What a file is, how large a picture is, and which one leads."""

from collections.abc import Callable

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from feedsvc.articles.images import Found, Measured, is_reference, leads, measure
from feedsvc.text.mediatypes import MEDIA_SUFFIXES, guess_type, sniff
from tests.support.pictures import gif, jpeg, png, svg
from tests.support.strategies import examples


@pytest.mark.parametrize(
    ("head", "media_type"),
    [
        (png(1, 1), "image/png"),
        (gif(1, 1), "image/gif"),
        (b"GIF87a", "image/gif"),
        (jpeg(1, 1), "image/jpeg"),
        (svg(1, 1), "image/svg+xml"),
        (b"\xef\xbb\xbf <svg>", "image/svg+xml"),
        (b"RIFF\x10\0\0\0WEBPVP8 ", "image/webp"),
        (b"RIFF\x10\0\0\0WAVEfmt ", "audio/wav"),
        (b"RIFF\x10\0\0\0AVI LIST", None),
        (b"\0\0\0\x1cftypavif\0\0\0\0mif1avif", "image/avif"),
        (b"\0\0\0\x18ftypmif1\0\0\0\0avif", "image/avif"),
        (b"\0\0\0\x18ftypheic\0\0\0\0mif1", None),
        (b"\0\0\0\x18ftypM4A \0\0\0\0mp42", "audio/mp4"),
        (b"\0\0\0\x18ftypisom\0\0\0\0mp42", "video/mp4"),
        (b"BM\x46\0\0\0\0\0\0\0", "image/bmp"),
        (b"BMW presents a car", None),
        (b"\0\0\1\0\1\0", "image/vnd.microsoft.icon"),
        (b"ID3\4\0", "audio/mpeg"),
        (b"\xff\xfb\x90\x64", "audio/mpeg"),
        (b"\xff\xfb\xf0\x64", None),  # no such bit rate
        (b"\xff\xfe\x41\x00", None),  # UTF-16 text
        (b"OggS\0\2", "audio/ogg"),
        (b"fLaC\0\0", "audio/flac"),
        (b"\x1aE\xdf\xa3", "video/webm"),
        (b"%PDF-1.7", "application/pdf"),
        (b"<html><svg>", None),
        (b"<?xml", None),
        (b"", None),
    ],
)
def test_the_first_bytes_tell_the_type(head: bytes, media_type: str | None) -> None:
    assert sniff(head) == media_type


@pytest.mark.parametrize("draw", [png, gif, jpeg, svg])
def test_a_picture_is_measured(draw: Callable[[int, int], bytes]) -> None:
    picture = draw(640, 480)

    measured = measure(picture)

    assert (measured.width, measured.height) == (640, 480)
    assert measured.media_type == sniff(picture)


@pytest.mark.parametrize(
    "head", [b"", b"text", png(9, 9)[:12], gif(9, 9)[:7], b"<svg", svg(0, 0), svg(10**22, 1)]
)
def test_a_picture_that_tells_no_size_has_none(head: bytes) -> None:
    assert measure(head) == Measured(media_type=sniff(head))


@settings(max_examples=examples(200))
@given(
    st.sampled_from(
        [b"", png(3, 2), gif(3, 2), jpeg(3, 2), svg(3, 2), b"RIFF\0\0\0\0WEBP", b"\0\0\0\x18ftypavif"]
    ),
    st.integers(0, 80),
    st.binary(max_size=40),
)
def test_no_bytes_trip_the_measure(head: bytes, kept: int, rest: bytes) -> None:
    measured = measure(head[:kept] + rest)

    assert (measured.width is None) == (measured.height is None)
    assert measured.media_type is None or measured.media_type in MEDIA_SUFFIXES.values()


@pytest.mark.parametrize(
    ("url", "media_type"),
    [
        ("https://ex.org/a.JPG?k=1&o=#x", "image/jpeg"),
        ("/a%2Epng", "image/png"),
        ("https://ex.org/a.png/raw", None),
        ("https://ex.org/image?name=a.png", None),
        ("https://ex.org/", None),
        (".png", None),
    ],
)
def test_the_suffix_of_the_path_tells_the_type(url: str, media_type: str | None) -> None:
    assert guess_type(url) == media_type


@pytest.mark.parametrize("text", ["cover.png", "a/b", "https://img.ex.org/p?id=1", "/x.webp"])
def test_a_name_or_a_path_can_be_a_picture(text: str) -> None:
    assert is_reference(text)


@pytest.mark.parametrize("text", ["true", "some-asset-id", "talk.mp3", "https://ex.org/paper.pdf", ""])
def test_an_id_or_another_file_cannot(text: str) -> None:
    assert not is_reference(text)


@pytest.mark.parametrize(
    "image",
    [
        Found(url="https://ex.org/p.jpg"),
        Found(url="https://ex.org/p", width=640, height=480),
        Found(url="https://ex.org/line.png", width=640, height=48),
        Found(url="https://ex.org/p.jpg", width=60),  # a thumbnail, perhaps, of a tall one
        Found(url="https://ex.org/my%20photo.jpg"),
    ],
)
def test_a_picture_leads(image: Found) -> None:
    assert leads(image)


@pytest.mark.parametrize(
    "image",
    [
        Found(url="https://ex.org/p.jpg", decoration=True),
        Found(url="https://ex.org/p.gif", width=1, height=1),
        Found(url="https://ex.org/p.gif", height=0),
        Found(url="https://ex.org/p.png", width=64, height=64),
        Found(url="data:image/gif;base64,R0lGODlhAQABAAAAACw="),
        Found(url="https://ex.org/posts/image%20link%20here"),
        Found(url="https://ex.org/posts/%EC%9D%B4%EB%AF%B8%EC%A7%80%EB%A7%81%ED%81%AC"),
        Found(url="https://ex.org/your_image_source.jpg"),
        Found(url="https://www.linktoimage.com/"),
    ],
)
def test_icons_trackers_and_placeholders_do_not(image: Found) -> None:
    assert not leads(image)
