"""Pictures and audio: what is served of the articles folder, and what never is."""

import os
from pathlib import Path

import pytest
from werkzeug.test import Client, TestResponse

from tests.web_fakes import FakeReader, make_document, serve

PNG = b"\x89PNG\r\n\x1a\n" + bytes(range(100))
SVG = b'<svg xmlns="http://www.w3.org/2000/svg"><script>alert(1)</script></svg>'
MP3 = b"ID3\x04" + bytes(500)


@pytest.fixture
def articles(tmp_path: Path) -> Path:
    root = tmp_path / "articles"
    root.mkdir()
    return root


def make_client(articles: Path | None, *media: str) -> Client:
    return serve(FakeReader(make_document(), media=media), articles=articles)[0]


def get(client: Client, path: str, method: str = "GET", **headers: str) -> TestResponse:
    """Ask as a server would: the body is read and closed. In the names of headers `_` stands for `-`."""
    named = {name.replace("_", "-"): value for name, value in headers.items()}
    return client.open(f"/media/{path}", method=method, headers=named, buffered=True)


def test_a_picture_of_an_article_is_served(articles: Path) -> None:
    (articles / "a b.png").write_bytes(PNG)
    client = make_client(articles, "a b.png")

    response = get(client, "a%20b.png")

    assert response.status_code == 200
    assert response.data == PNG
    assert response.headers["Content-Type"] == "image/png"
    assert response.headers["Content-Length"] == str(len(PNG))
    assert response.headers["Cache-Control"] == "public, max-age=86400"
    assert response.headers["Accept-Ranges"] == "bytes"
    assert response.headers["X-Content-Type-Options"] == "nosniff"
    assert response.headers["Access-Control-Allow-Origin"] == "*"


@pytest.mark.parametrize(
    ("name", "content", "media_type"),
    [
        ("song.bin", MP3, "audio/mpeg"),
        ("photo.html", PNG, "image/png"),
        ("드림/사진.png", PNG, "image/png"),
        ("drawing", SVG, "image/svg+xml; charset=utf-8"),
    ],
)
def test_the_bytes_tell_the_type(articles: Path, name: str, content: bytes, media_type: str) -> None:
    (articles / name).parent.mkdir(exist_ok=True)
    (articles / name).write_bytes(content)

    response = get(make_client(articles, name), name)

    assert response.headers["Content-Type"] == media_type


def test_a_drawing_runs_no_scripts(articles: Path) -> None:
    (articles / "x.svg").write_bytes(SVG)

    response = get(make_client(articles, "x.svg"), "x.svg")

    assert response.headers["Content-Security-Policy"].startswith("sandbox; default-src 'none'")


@pytest.mark.parametrize(
    ("asked", "status", "sent"),
    [
        ("bytes=0-3", 206, PNG[:4]),
        ("bytes=8-", 206, PNG[8:]),
        ("bytes=-2", 206, PNG[-2:]),
        ("bytes=99999-", 416, None),
        ("lines=1-2", 200, PNG),
    ],
)
def test_ranges(articles: Path, asked: str, status: int, sent: bytes | None) -> None:
    """Podcast players fetch an episode in pieces."""
    (articles / "x.png").write_bytes(PNG)

    response = get(make_client(articles, "x.png"), "x.png", Range=asked)

    assert response.status_code == status
    if sent is None:
        assert response.headers["Content-Range"] == f"bytes */{len(PNG)}"
        assert response.headers["Cache-Control"] == "no-store"
    else:
        assert response.data == sent


def test_a_range_of_an_older_file_gives_the_new_one_whole(articles: Path) -> None:
    (articles / "x.png").write_bytes(PNG)
    client = make_client(articles, "x.png")
    etag = get(client, "x.png").headers["ETag"]

    same = get(client, "x.png", Range="bytes=0-3", If_Range=etag)
    other = get(client, "x.png", Range="bytes=0-3", If_Range='"old"')

    assert (same.status_code, same.data) == (206, PNG[:4])
    assert (other.status_code, other.data) == (200, PNG)


def test_a_picture_that_is_known_is_not_sent_again(articles: Path) -> None:
    (articles / "x.png").write_bytes(PNG)
    client = make_client(articles, "x.png")
    known = get(client, "x.png").headers

    by_tag = get(client, "x.png", If_None_Match=known["ETag"])
    by_date = get(client, "x.png", If_Modified_Since=known["Last-Modified"])

    assert (by_tag.status_code, by_tag.data) == (304, b"")
    assert (by_date.status_code, by_date.data) == (304, b"")


def test_head_has_the_length_and_no_body(articles: Path) -> None:
    (articles / "x.png").write_bytes(PNG)

    response = get(make_client(articles, "x.png"), "x.png", "HEAD")

    assert response.headers["Content-Length"] == str(len(PNG))
    assert response.data == b""


def test_a_strange_date_is_ignored(articles: Path) -> None:
    (articles / "x.png").write_bytes(PNG)
    strange = "Mon, 01 Jan 99999999999999999999 00:00:00 GMT"

    response = get(make_client(articles, "x.png"), "x.png", If_Modified_Since=strange)

    assert response.data == PNG


@pytest.mark.parametrize(
    "path", ["secret.png", "../outside.png", "x.png/", "./x.png", "//x.png", "%2e%2e/outside.png", "%00", ""]
)
def test_nothing_but_the_media_of_articles_is_served(articles: Path, path: str) -> None:
    for file in (articles / "x.png", articles / "secret.png", articles.parent / "outside.png"):
        file.write_bytes(PNG)

    assert get(make_client(articles, "x.png"), path).status_code == 404


def test_an_article_can_name_no_file_outside_its_folder(articles: Path) -> None:
    """Even if the list of media says so."""
    (articles.parent / "outside.png").write_bytes(PNG)
    absolute = str(articles.parent / "outside.png")

    client = make_client(articles, "../outside.png", absolute)

    assert get(client, "..%2foutside.png").status_code == 404
    assert get(client, absolute).status_code == 404


def test_a_link_leads_to_a_file_inside_only(articles: Path) -> None:
    (articles / "x.png").write_bytes(PNG)
    (articles.parent / "outside.png").write_bytes(PNG)
    (articles / "in.png").symlink_to("x.png")
    (articles / "out.png").symlink_to("../outside.png")
    (articles / "loop.png").symlink_to("loop.png")
    client = make_client(articles, "in.png", "out.png", "loop.png")

    assert get(client, "in.png").data == PNG
    assert get(client, "out.png").status_code == 404
    assert get(client, "loop.png").status_code == 404


def test_the_folder_itself_may_be_a_link(articles: Path) -> None:
    (articles / "x.png").write_bytes(PNG)
    linked = articles.parent / "linked"
    linked.symlink_to(articles)

    assert get(make_client(linked, "x.png"), "x.png").data == PNG


@pytest.mark.parametrize("content", [b"#!/bin/sh\n", b"<html><script>", b"", b"%PDF-1.7"], ids=str)
def test_what_is_no_media_is_not_served_under_any_name(articles: Path, content: bytes) -> None:
    (articles / "x.png").write_bytes(content)

    assert get(make_client(articles, "x.png"), "x.png").status_code == 404


def test_pipes_and_folders_are_no_files(articles: Path) -> None:
    """To open a pipe would wait for ever."""
    os.mkfifo(articles / "pipe.png")
    (articles / "folder.png").mkdir()
    client = make_client(articles, "pipe.png", "folder.png", "missing.png")

    for name in ("pipe.png", "folder.png", "missing.png"):
        assert get(client, name).status_code == 404


def test_without_a_folder_there_are_no_media() -> None:
    assert get(make_client(None, "x.png"), "x.png").status_code == 404
