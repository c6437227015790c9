"""Pictures and audio: what is served of the articles folder, and what never is."""

import os
from collections.abc import Callable, Iterator
from email.utils import format_datetime, parsedate_to_datetime
from errno import EIO
from io import BufferedReader, FileIO
from pathlib import Path
from typing import Any
from urllib.parse import quote, unquote

import pytest
from flask import Flask
from werkzeug.test import Client, TestResponse

from feedsvc.articles.disk.media import MOST_VERSIONED, open_media, version
from feedsvc.web.answers.media import Versions, deliver
from tests.support.processes import Served
from tests.support.sites import article
from tests.support.web_fakes import FakeReader, make_document, serve

PNG = b"\x89PNG\r\n\x1a\n" + bytes(range(100))
SVG = b'<svg xmlns="http://www.w3.org/2000/svg"><script>alert(1)</script></svg>'
MP3 = b"ID3\x04" + bytes(500)

MINUTES = "public, max-age=300"
FOR_EVER = "public, max-age=31536000, immutable"
NOT_KEPT = "no-cache"

A_YEAR = 365 * 86_400 * 10**9  # nanoseconds


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
    assert response.headers["Cache-Control"] == MINUTES
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
        ("bytes=0-0", 206, PNG[:1]),
        ("bytes=8-", 206, PNG[8:]),
        ("bytes=8-99999", 206, PNG[8:]),
        ("bytes=-2", 206, PNG[-2:]),
        ("bytes=99999-", 416, None),
        ("bytes=-99999", 200, PNG),  # the last so many of fewer are all of them
        ("bytes=0-3,8-9", 200, PNG),  # several parts at once need not be given
        ("bytes=0-3,2-5", 200, PNG),
        ("bytes=5-2", 200, PNG),
        ("bytes=-0", 200, PNG),
        ("bytes=a-b", 200, PNG),
        ("bytes=", 200, PNG),
        ("bytes", 200, PNG),
        ("lines=1-2", 200, PNG),
    ],
)
def test_ranges(articles: Path, asked: str, status: int, sent: bytes | None) -> None:
    """Podcast players fetch an episode in pieces (RFC 9110, 14.2)."""
    (articles / "x.png").write_bytes(PNG)

    response = get(make_client(articles, "x.png"), "x.png", Range=asked)

    assert response.status_code == status
    if sent is None:
        assert response.headers["Content-Range"] == f"bytes */{len(PNG)}"
        assert response.headers["Cache-Control"] == "no-store"
    else:
        assert response.data == sent
        assert response.headers["Content-Length"] == str(len(sent))
        assert ("Content-Range" in response.headers) == (status == 206)


@pytest.mark.parametrize(
    ("condition", "status"),
    [
        ("{etag}", 206),
        ('"old"', 200),
        ("W/{etag}", 200),  # a weak tag cannot tell whether the bytes are the same (RFC 9110, 13.1.5)
        ("{date}", 206),
        ("{later}", 200),
        ("{earlier}", 200),
        ("tea time", 200),
        ("Mon, 01 Jan 99999999999999999999 00:00:00 GMT", 200),
    ],
)
def test_a_range_of_another_file_gives_this_one_whole(articles: Path, condition: str, status: int) -> None:
    (articles / "x.png").write_bytes(PNG)
    client = make_client(articles, "x.png")
    known = get(client, "x.png").headers
    moment = parsedate_to_datetime(known["Last-Modified"])
    later, earlier = (moment.replace(year=moment.year + years) for years in (1, -1))
    condition = condition.format(
        etag=known["ETag"],
        date=known["Last-Modified"],
        later=format_datetime(later, usegmt=True),
        earlier=format_datetime(earlier, usegmt=True),
    )

    response = get(client, "x.png", Range="bytes=0-3", If_Range=condition)

    assert (response.status_code, response.data) == (status, PNG[:4] if status == 206 else PNG)


def test_conditions_come_before_ranges(articles: Path) -> None:
    """RFC 9110, 13.2.2: who has the file needs no part of it."""
    (articles / "x.png").write_bytes(PNG)
    client = make_client(articles, "x.png")
    etag = get(client, "x.png").headers["ETag"]

    known = get(client, "x.png", Range="bytes=0-3", If_None_Match=etag)
    unknown = get(client, "x.png", Range="bytes=0-3", If_None_Match='"old"')
    another = get(client, "x.png", Range="bytes=0-3", If_Match='"old"')

    assert (known.status_code, known.data) == (304, b"")
    assert (unknown.status_code, unknown.data) == (206, PNG[:4])
    assert (another.status_code, another.headers["Cache-Control"]) == (412, "no-store")


THEN = "Fri, 01 May 2026 12:00:00 GMT"
BEFORE = "Fri, 01 May 2026 11:59:59 GMT"
AFTER = "Fri, 01 May 2026 12:00:01 GMT"


@pytest.mark.parametrize(
    ("conditions", "status"),
    [
        ({"If_Match": "{tag}"}, 200),
        ({"If_Match": '"old", {tag}'}, 200),
        ({"If_Match": "*"}, 200),
        ({"If_Match": '"old"'}, 412),
        ({"If_Match": "W/{tag}"}, 412),
        ({"If_Match": ""}, 412),
        ({"If_Match": "{tag}", "If_None_Match": "{tag}"}, 304),
        ({"If_Match": "*", "If_None_Match": "*"}, 304),
        ({"If_Match": '"old"', "If_None_Match": "{tag}"}, 412),
        ({"If_Match": "{tag}", "If_None_Match": '"old"'}, 200),
        ({"If_Match": "{tag}", "If_Modified_Since": THEN}, 304),
        ({"If_Unmodified_Since": THEN}, 200),
        ({"If_Unmodified_Since": AFTER}, 200),
        ({"If_Unmodified_Since": BEFORE}, 412),
        ({"If_Unmodified_Since": "tea time"}, 200),
        ({"If_Unmodified_Since": BEFORE, "If_Match": "{tag}"}, 200),
        ({"If_Unmodified_Since": THEN, "If_Match": '"old"'}, 412),
        ({"If_Unmodified_Since": BEFORE, "If_None_Match": "{tag}"}, 412),
        ({"If_Unmodified_Since": THEN, "If_None_Match": "{tag}"}, 304),
        ({"If_None_Match": '"old"', "If_Modified_Since": AFTER}, 200),
        ({"If_Modified_Since": BEFORE}, 200),
        ({"If_Modified_Since": AFTER}, 304),
    ],
    ids=str,
)
@pytest.mark.parametrize("method", ["GET", "HEAD"])
def test_all_conditions_are_heard_in_their_order(
    articles: Path, method: str, conditions: dict[str, str], status: int
) -> None:
    """RFC 9110, 13.2.2."""
    (articles / "x.png").write_bytes(PNG)
    os.utime(articles / "x.png", (0, parsedate_to_datetime(THEN).timestamp() + 0.5))
    tag = f'"{version(PNG)}"'
    headers = {name: value.format(tag=tag) for name, value in conditions.items()}

    response = get(make_client(articles, "x.png"), "x.png", method, **headers)

    assert response.status_code == status


def test_a_date_that_lies_ahead_is_neither_sent_nor_compared(articles: Path) -> None:
    """RFC 9110, 8.8.2.1; without a date there is no condition on it (13.1.3 and 13.1.4)."""
    (articles / "x.png").write_bytes(PNG)
    ahead = "Sat, 01 May 2220 12:00:00 GMT"
    os.utime(articles / "x.png", (0, parsedate_to_datetime(ahead).timestamp()))
    client = make_client(articles, "x.png")

    since = get(client, "x.png", If_Modified_Since=ahead)
    until = get(client, "x.png", If_Unmodified_Since=THEN)
    part = get(client, "x.png", Range="bytes=0-3", If_Range=ahead)

    assert [answer.status_code for answer in (since, until, part)] == [200, 200, 200]
    assert "Last-Modified" not in since.headers


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

    response = get(make_client(articles, "x.png"), "x.png", "HEAD", Range="bytes=0-3")

    assert response.status_code == 200  # there are no parts of what is not sent (RFC 9110, 14.2)
    assert response.headers["Content-Length"] == str(len(PNG))
    assert response.data == b""


@pytest.mark.parametrize(
    ("query", "cache"),
    [
        ("", MINUTES),
        ("?v={v}", FOR_EVER),
        ("?utm_source=feed&v={v}", FOR_EVER),
        ("?v=", NOT_KEPT),
        ("?v=0123456789abcdef", NOT_KEPT),
        ("?v={v}0", NOT_KEPT),
        ("?V={v}", MINUTES),
        ("?w={v}", MINUTES),
    ],
)
@pytest.mark.parametrize("headers", [{}, {"Range": "bytes=0-3"}, {"If_None_Match": "*"}], ids=str)
def test_what_an_address_names_by_its_bytes_is_kept_for_ever(
    articles: Path, query: str, cache: str, headers: dict[str, str]
) -> None:
    (articles / "x.png").write_bytes(PNG)

    response = get(make_client(articles, "x.png"), "x.png" + query.format(v=version(PNG)), **headers)

    assert response.status_code in (200, 206, 304)
    assert response.headers["Cache-Control"] == cache
    assert response.headers["ETag"] == f'"{version(PNG)}"'


def overwrite(file: Path, content: bytes) -> None:
    """Write over *file* and give it its date back, as copying programs do."""
    before = file.stat()
    while file.stat().st_ctime_ns == before.st_ctime_ns:
        file.write_bytes(content)
        os.utime(file, ns=(before.st_atime_ns, before.st_mtime_ns))


def test_an_old_version_is_not_kept_with_new_bytes(articles: Path) -> None:
    """Whatever size and date the new file has, and although the version of the old one is remembered."""
    file = articles / "x.png"
    file.write_bytes(PNG)
    changed = PNG[:-1] + b"x"
    versions = Versions(clock=lambda: 1000 * A_YEAR)
    assert delivered(articles, version(PNG), versions)[1] == FOR_EVER
    overwrite(file, changed)

    assert delivered(articles, version(PNG), versions) == (changed, NOT_KEPT)
    assert delivered(articles, version(changed), versions) == (changed, FOR_EVER)


def delivered(articles: Path, asked: str, versions: Versions) -> tuple[bytes, str]:
    """Return the picture and its Cache-Control."""
    with Flask("media").test_request_context(f"/media/x.png?v={asked}"):
        response = deliver(articles, "x.png", versions=versions)
        assert response is not None
        return b"".join(response.iter_encoded()), response.headers["Cache-Control"]


@pytest.mark.parametrize("headers", [{}, {"Range": "bytes=8-"}], ids=str)
def test_what_is_written_over_while_it_is_sent_is_sent_as_it_was(
    articles: Path, headers: dict[str, str]
) -> None:
    """Or the client would keep for ever what the address does not name."""
    picture = PNG + bytes(1_000_000)  # more than is read at once
    (articles / "x.png").write_bytes(picture)
    client = make_client(articles, "x.png")
    response = client.get(f"/media/x.png?v={version(picture)}", headers=headers)
    sending = iter(response.iter_encoded())
    begun = next(sending)

    (articles / "x.png").write_bytes(PNG + b"x" * 1_000_000)

    assert begun + b"".join(sending) == picture[8 if headers else 0 :]
    assert response.headers["Cache-Control"] == FOR_EVER
    response.close()


class Overwritten(BufferedReader):
    """An open file that is written over just before it is read."""

    def read(self, size: int | None = -1, /) -> bytes:
        overwrite(Path(os.fsdecode(self.raw.name)), PNG[:-1] + b"x")  # type: ignore[attr-defined]
        return super().read(size)


def test_a_version_is_that_of_the_bytes_that_were_read(articles: Path) -> None:
    """Not what is remembered of the file as it was when it was opened."""
    file = articles / "x.png"
    file.write_bytes(PNG)
    versions = Versions(clock=lambda: 1000 * A_YEAR)
    with BufferedReader(FileIO(file)) as stream:
        assert versions.read(stream) == (PNG, version(PNG))

    with Overwritten(FileIO(file)) as stream:
        body, found = versions.read(stream)

    assert (body, found) == (PNG[:-1] + b"x", version(PNG[:-1] + b"x"))


def test_a_large_file_has_no_version(articles: Path) -> None:
    for name, size in (("large.png", MOST_VERSIONED + 1), ("not so large.png", MOST_VERSIONED)):
        (articles / name).write_bytes(PNG)
        os.truncate(articles / name, size)
    client = make_client(articles, "large.png", "not so large.png")
    at_most = version((articles / "not so large.png").read_bytes())

    large = get(client, "large.png?v=", "HEAD")

    assert large.headers["Cache-Control"] == NOT_KEPT
    assert get(client, "large.png", If_None_Match=large.headers["ETag"]).status_code == 304
    assert get(client, f"not so large.png?v={at_most}", "HEAD").headers["Cache-Control"] == FOR_EVER


def test_replicas_give_a_file_the_same_tag(articles: Path, tmp_path: Path) -> None:
    """Also after a fresh checkout, whose files are of another date."""
    (articles / "x.png").write_bytes(PNG)
    (tmp_path / "replica").mkdir()
    (tmp_path / "replica" / "x.png").write_bytes(PNG)
    os.utime(tmp_path / "replica" / "x.png", (0, 0))

    tags = [
        get(make_client(root, "x.png"), "x.png").headers["ETag"] for root in (articles, tmp_path / "replica")
    ]

    assert tags[0] == tags[1]


class Counted(BufferedReader):
    """An open file that counts the bytes read of it."""

    count = 0

    def read(self, size: int | None = -1, /) -> bytes:
        body = super().read(size)
        self.count += len(body)
        return body

    def readinto(self, buffer: Any, /) -> int:
        count = super().readinto(buffer)
        self.count += count
        return count


class Disk:
    """Tells versions of files, and counts the bytes that are read for it."""

    def __init__(self, root: Path, *, years: int, most: int = 10) -> None:
        self._root = root
        self._versions = Versions(most=most, clock=lambda: years * A_YEAR)
        self.read = 0

    def version(self, name: str) -> str:
        with Counted(FileIO(self._root / name)) as stream:
            found = self._versions(stream)
            self.read += stream.count
            assert stream.tell() == 0  # all of it is still to be sent
        return found


def test_a_file_is_read_once_to_know_its_version(articles: Path) -> None:
    (articles / "x.png").write_bytes(PNG)
    disk = Disk(articles, years=1000)

    found = [disk.version("x.png") for _ in range(3)]

    assert found == [version(PNG)] * 3
    assert disk.read == len(PNG)


def test_a_file_that_changed_a_moment_ago_is_read_again(articles: Path) -> None:
    """Within one tick of the clock, it may change without a trace in its dates."""
    (articles / "x.png").write_bytes(PNG)
    disk = Disk(articles, years=0)

    found = [disk.version("x.png") for _ in range(3)]

    assert found == [version(PNG)] * 3
    assert disk.read == 3 * len(PNG)


def test_a_file_whose_size_and_date_stayed_is_read_again(articles: Path) -> None:
    file = articles / "x.png"
    file.write_bytes(PNG)
    disk = Disk(articles, years=1000)
    disk.version("x.png")
    changed = PNG[:-1] + b"x"

    overwrite(file, changed)

    assert disk.version("x.png") == version(changed)


def test_a_file_from_the_future_is_read_once_too(articles: Path) -> None:
    """A camera with a wrong clock; its own date says nothing of when it changed here."""
    (articles / "x.png").write_bytes(PNG)
    os.utime(articles / "x.png", ns=(2000 * 10**9, 2 * 10**18 * 4))  # in the year 2223
    disk = Disk(articles, years=100)

    for _ in range(3):
        disk.version("x.png")

    assert disk.read == len(PNG)


def test_only_so_many_versions_are_remembered(articles: Path) -> None:
    for name in "abc":
        (articles / name).write_bytes(PNG)
    disk = Disk(articles, years=1000, most=2)

    for name in "abca":
        disk.version(name)

    assert disk.read == 4 * len(PNG)


def test_a_strange_date_is_ignored(articles: Path) -> None:
    (articles / "x.png").write_bytes(PNG)
    strange = "Mon, 01 Jan 99999999999999999999 00:00:00 GMT"

    response = get(make_client(articles, "x.png"), "x.png", If_Modified_Since=strange)

    assert response.data == PNG


# What leads to a file beside the folder, in the spellings that were let through somewhere.
OUTSIDE = [
    "../outside.png",
    "./../outside.png",
    "trip/../../outside.png",
    "%2e%2e/outside.png",
    "..%2foutside.png",
    "%252e%252e/outside.png",
    "%252e%252e%252foutside.png",
    "..\\outside.png",
    "..%5coutside.png",
    "%c0%ae%c0%ae/outside.png",  # overlong UTF-8
    "\uff0e\uff0e/outside.png",  # full-width full stops
    "\u2024\u2024/outside.png",  # one-dot leaders
    "..\u2215outside.png",  # a division slash
    "..;/outside.png",
    "x.png%00/../../outside.png",
]


@pytest.mark.parametrize(
    "path",
    [
        *OUTSIDE,
        "secret.png",
        "x.png/",
        "x.png/.",
        "x.png.",
        "x.png%20",
        "x.png%00",
        "x.png%00.gif",
        "./x.png",
        "/x.png",
        "//x.png",
        "trip//x.png",
        "trip/../x.png",
        "trip\\x.png",
        "X.PNG",
        "\uff58.png",  # a full-width x
        "x%252epng",
        "trip",
        "trip/",
        "%00",
        "%ff",
        ".",
        "..",
        "",
    ],
)
def test_nothing_but_the_media_of_articles_is_served(articles: Path, path: str) -> None:
    (articles / "trip").mkdir()
    for name in ("x.png", "secret.png", "trip/x.png", "../outside.png"):
        (articles / name).write_bytes(PNG)

    assert get(make_client(articles, "x.png", "trip/x.png"), path).status_code == 404


@pytest.mark.parametrize("path", [unquote(spelt) for spelt in OUTSIDE])
def test_no_file_outside_the_folder_is_served_even_if_it_were_published(articles: Path, path: str) -> None:
    (articles / "trip").mkdir()
    (articles.parent / "outside.png").write_bytes(PNG)

    assert get(make_client(articles, path), quote(path)).status_code == 404


def test_no_absolute_path_is_served_even_if_it_were_published(articles: Path) -> None:
    outside = articles.parent / "outside.png"
    outside.write_bytes(PNG)

    assert get(make_client(articles, str(outside)), str(outside)).status_code == 404


def link_file(target: Path, articles: Path) -> None:
    (articles / "trip" / "x.png").symlink_to(target / "x.png")


def link_file_relatively(target: Path, articles: Path) -> None:
    (articles / "trip" / "x.png").symlink_to(Path("..", os.path.relpath(target, articles), "x.png"))


def link_folder(target: Path, articles: Path) -> None:
    (articles / "trip").rmdir()
    (articles / "trip").symlink_to(target)


def link_folder_relatively(target: Path, articles: Path) -> None:
    (articles / "trip").rmdir()
    (articles / "trip").symlink_to(os.path.relpath(target, articles))


def link_link(target: Path, articles: Path) -> None:
    (articles / "again.png").symlink_to(target / "x.png")
    (articles / "trip" / "x.png").symlink_to("../again.png")


@pytest.mark.parametrize(
    "link", [link_file, link_file_relatively, link_folder, link_folder_relatively, link_link]
)
@pytest.mark.parametrize(("target", "status"), [("kept", 200), ("../outside", 404), ("../articles-2", 404)])
def test_a_link_leads_to_a_file_inside_only(
    articles: Path, link: Callable[[Path, Path], None], target: str, status: int
) -> None:
    """Also one that took the place of a picture after that was published."""
    (articles / "trip").mkdir()
    (articles / "trip" / "x.png").write_bytes(PNG)
    client = make_client(articles, "trip/x.png")
    assert get(client, "trip/x.png").status_code == 200
    (articles / target).mkdir()
    (articles / target / "x.png").write_bytes(PNG)

    (articles / "trip" / "x.png").unlink()
    link((articles / target).resolve(), articles)

    assert get(client, "trip/x.png").status_code == status


class Swapped(type(Path())):  # type: ignore[misc]
    """A path whose folder becomes a link as soon as it has been found to be none."""

    def resolve(self, strict: bool = False) -> Path:
        found: Path = super().resolve(strict)
        trip = self if self.name == "trip" else self.parent
        if trip.name == "trip" and not trip.is_symlink():
            trip.rename(trip.with_name("away"))
            trip.symlink_to("../outside")
        return found


@pytest.mark.skipif(not Path("/proc/self/fd").exists(), reason="nothing tells where an open file lies")
def test_a_folder_that_becomes_a_link_while_a_file_is_opened_leads_nowhere(articles: Path) -> None:
    for folder in ("trip", "../outside"):
        (articles / folder).mkdir()
        (articles / folder / "x.png").write_bytes(PNG)

    assert open_media(Swapped(articles), "trip/x.png") is None
    assert (articles / "trip").is_symlink()


@pytest.mark.skipif(not Path("/proc/self/mem").exists(), reason="there is no file that cannot be read")
def test_a_file_that_fails_to_be_read_is_closed() -> None:
    before = os.listdir("/proc/self/fd")  # noqa: PTH208

    with pytest.raises(OSError, match="Input/output") as failed:
        open_media(Path("/proc/self"), "mem")

    assert failed.value.errno == EIO
    assert os.listdir("/proc/self/fd") == before  # noqa: PTH208


def test_a_link_to_itself_does_not_say_that_the_file_is_gone(articles: Path) -> None:
    (articles / "loop.png").symlink_to("loop.png")
    (articles / "loop").symlink_to("loop")
    client = make_client(articles, "loop.png", "loop/x.png")

    assert get(client, "loop.png").status_code == 503
    assert get(client, "loop/x.png").status_code == 503


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


# The same through the real server, which has ideas of its own on ranges, lengths and addresses.


@pytest.fixture(scope="module")
def served(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Served]:
    home = tmp_path_factory.mktemp("media")
    articles = home / "articles"
    articles.mkdir()
    (articles / "a.md").write_text(article(body="![A wave](x.png)\n\n[Listen](talk.mp3)"))
    (articles / "x.png").write_bytes(PNG)
    (articles / "talk.mp3").write_bytes(MP3)
    (home / "outside.png").write_bytes(PNG)
    with Served(articles, cwd=home) as process:
        process.until(lambda: process.get().status == 200)
        yield process


def test_a_feed_names_a_picture_by_its_bytes_and_sound_by_its_name(served: Served) -> None:
    feed = served.get("/rss.xml").body.decode()

    assert f"/media/x.png?v={version(PNG)}" in feed
    assert '/media/talk.mp3"' in feed


@pytest.mark.parametrize(
    ("method", "headers", "status", "sent", "length"),
    [
        ("GET", {}, 200, PNG, len(PNG)),
        ("HEAD", {}, 200, b"", len(PNG)),
        ("GET", {"Range": "bytes=0-3"}, 206, PNG[:4], 4),
        ("GET", {"Range": "bytes=-4"}, 206, PNG[-4:], 4),
        ("GET", {"Range": "bytes=0-3,8-9"}, 200, PNG, len(PNG)),
        ("GET", {"Range": "bytes=0-3", "If_Range": f'"{version(PNG)}"'}, 206, PNG[:4], 4),
        ("GET", {"Range": "bytes=0-3", "If_Range": '"old"'}, 200, PNG, len(PNG)),
        ("GET", {"If_None_Match": f'"{version(PNG)}"'}, 304, b"", None),
        ("HEAD", {"If_None_Match": f'W/"{version(PNG)}"'}, 304, b"", None),
    ],
)
def test_the_server_sends_what_was_asked_for(
    served: Served, method: str, headers: dict[str, str], status: int, sent: bytes, length: int | None
) -> None:
    answer = served.get(f"/media/x.png?v={version(PNG)}", method=method, **headers)

    assert (answer.status, answer.body) == (status, sent)
    assert answer.headers["Content-Length"] == (None if length is None else str(length))
    assert answer.headers["Cache-Control"] == FOR_EVER
    assert answer.headers["ETag"] == f'"{version(PNG)}"'


def test_the_server_says_how_long_a_file_is_of_which_too_much_was_asked(served: Served) -> None:
    answer = served.get("/media/x.png", Range="bytes=5000-")

    assert (answer.status, answer.headers["Content-Range"]) == (416, f"bytes */{len(PNG)}")


@pytest.mark.parametrize("path", [spelt for spelt in OUTSIDE if spelt.isascii()])
def test_the_server_lets_nothing_out_of_the_folder(served: Served, path: str) -> None:
    assert served.get(f"/media/{path}").status == 404
