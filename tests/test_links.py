"""References as authors write them, and the absolute addresses they become."""

import re
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import pytest
from hypothesis import given

from feedsvc.articles.links import Base, Resolved, first_candidate, resolve, resolve_srcset
from feedsvc.model import SourceFile
from tests.strategies import TEXT


def make_base(*files: str, **changes: Any) -> Base:
    """An article at https://ex.org/trip/, in the folder "trip", with *files* in the articles folder."""
    media = {
        path: SourceFile(path=path, location=Path(path), size=1000, stamp=(0, 0, 0), modified=0)
        for path in files
    }
    defaults: dict[str, Any] = {
        "url": "https://ex.org/trip/",
        "folder": "trip",
        "root": "https://ex.org",
        "media_url": "https://feeds.ex.org/media/",
        "media": media,
    }
    return Base(**(defaults | changes))


@pytest.mark.parametrize(
    ("ref", "url"),
    [
        ("a.png", "https://ex.org/trip/a.png"),
        ("./b.png", "https://ex.org/trip/b.png"),
        ("../c.png", "https://ex.org/c.png"),
        ("../../../d.png", "https://ex.org/d.png"),
        ("/e.png", "https://ex.org/e.png"),
        ("//cdn.ex.org/f.png", "https://cdn.ex.org/f.png"),
        ("#sec", "https://ex.org/trip/#sec"),
        ("?page=2", "https://ex.org/trip/?page=2"),
        ("https://other.org", "https://other.org"),
        ("HTTPS://other.org/A", "https://other.org/A"),
        ("https://u:p@other.org:8080/", "https://u:p@other.org:8080/"),
        ("http://[::1]:80/a", "http://[::1]:80/a"),
        ("mailto:x@ex.org", "mailto:x@ex.org"),
        ("tel:+82 2 123", "tel:+82%202%20123"),
        ("data:image/png;base64,AA==", "data:image/png;base64,AA=="),
        ("1:2.png", "https://ex.org/trip/1:2.png"),  # no scheme begins with a digit
        ("C:\\pictures\\a.png", "https://ex.org/trip/C:/pictures/a.png"),  # nor has one letter only
    ],
)
def test_a_reference_becomes_absolute(ref: str, url: str) -> None:
    assert resolve(ref, make_base()) == Resolved(url=url)


@pytest.mark.parametrize(
    ("ref", "url"),
    [
        ("/태그/봄", "https://ex.org/%ED%83%9C%EA%B7%B8/%EB%B4%84"),
        ("/stage (1).png", "https://ex.org/stage%20(1).png"),
        ("/a%20b", "https://ex.org/a%20b"),
        ("/100%", "https://ex.org/100%25"),
        ("/%zz", "https://ex.org/%25zz"),
        ("/?q=한 글", "https://ex.org/?q=%ED%95%9C%20%EA%B8%80"),
        ("/?k=1&o=", "https://ex.org/?k=1&o="),
        ("http://한국.kr/", "http://xn--3e0b707e.kr/"),
        ("\\img\\a.png", "https://ex.org/img/a.png"),
        ("/?path=a\\b", "https://ex.org/?path=a%5Cb"),
        (" \n/a\t.png\0 ", "https://ex.org/a.png"),
        ("/\ud800a", "https://ex.org/a"),
    ],
)
def test_a_reference_is_encoded_once(ref: str, url: str) -> None:
    """RFC 3987, 3.1: what is percent-encoded already stays so."""
    assert resolve(ref, make_base()).url == url


@pytest.mark.parametrize(
    "ref", ["", "  ", "http://[", "http://[.]/", "http://a b/", "//", "http:/a", "http://" + "a" * 64 + "é"]
)
def test_an_unusable_reference_has_no_address(ref: str) -> None:
    assert resolve(ref, make_base()).url == ""


@pytest.mark.parametrize(
    "ref",
    ["stage 1.png", "stage%201.png", "./stage 1.png", "../trip/stage 1.png", "/trip/stage 1.png"],
)
def test_a_file_of_the_folder_is_served_by_us_if_the_page_is_ours(ref: str) -> None:
    found = resolve(ref, make_base("trip/stage 1.png", ours=True))

    assert found == Resolved(url="https://feeds.ex.org/media/trip/stage%201.png", local="trip/stage 1.png")


def test_a_file_of_the_folder_is_served_by_the_site_if_there_is_one() -> None:
    found = resolve("a.png?v=2#x", make_base("trip/a.png"))

    assert found == Resolved(url="https://ex.org/trip/a.png?v=2#x", local="trip/a.png")


def test_a_file_is_found_in_either_unicode_form() -> None:
    """macOS lists Hangul names decomposed; authors type them composed."""
    decomposed = "trip/\u1112\u1161\u11ab.png"

    assert resolve("\ud55c.png", make_base(decomposed)).local == decomposed


def test_nothing_outside_the_folder_is_meant() -> None:
    base = make_base("secret.png", ours=True)

    assert resolve("../../secret.png", base).local is None
    assert resolve("../secret.png", base).local == "secret.png"


@pytest.mark.parametrize(
    ("ref", "ours", "missing"),
    [
        ("gone.png", True, True),
        ("gone.png", False, False),  # it may be on the site
        ("/gone.png", True, False),
        ("https://ex.org/gone.png", True, False),
        ("#sec", True, False),
    ],
)
def test_a_file_is_missing_only_where_nobody_else_could_serve_it(
    ref: str, ours: bool, missing: bool
) -> None:
    assert resolve(ref, make_base(ours=ours)).missing is missing


@pytest.mark.parametrize(
    ("srcset", "absolute"),
    [
        ("/b.webp 2x, /c.webp", "https://ex.org/b.webp 2x, https://ex.org/c.webp"),
        ("a.png 1x,b.png 2x", "https://ex.org/trip/a.png 1x, https://ex.org/trip/b.png 2x"),
        ("a,b.png 1x", "https://ex.org/trip/a,b.png 1x"),  # a comma inside an address is no end
        ("a.png, , b.png 800w,", "https://ex.org/trip/a.png, https://ex.org/trip/b.png 800w"),
        ("data:image/png;base64,AA== 1x, a.png 2x", "https://ex.org/trip/a.png 2x"),
        ("http://[ 1x", ""),
        (" , ", ""),
    ],
)
def test_every_candidate_of_a_srcset_becomes_absolute(srcset: str, absolute: str) -> None:
    assert resolve_srcset(srcset, make_base()) == absolute


def test_the_first_candidate_stands_for_a_srcset() -> None:
    assert first_candidate(", a.png 2x, b.png") == "a.png"
    assert first_candidate(" ,") == ""


@given(ref=TEXT)
def test_whatever_is_written_gives_an_absolute_address_or_none(ref: str) -> None:
    url = resolve(ref, make_base("trip/a.png", ours=True)).url

    assert url == "" or re.fullmatch(r"[a-z][a-z0-9+.-]+:[!-~]*", url)
    assert urlsplit(url).geturl().startswith(url[:1])


@given(ref=TEXT)
def test_an_address_resolves_to_itself(ref: str) -> None:
    base = make_base()
    once = resolve(ref, base).url

    assert resolve(once, base).url == once


@given(srcset=TEXT)
def test_any_srcset_gives_absolute_candidates(srcset: str) -> None:
    absolute = resolve_srcset(srcset, make_base())

    assert all(re.match(r"[a-z][a-z0-9+.-]+:", each) for each in absolute.split(", ") if each)
