"""What a poller, a browser and a script get for a document."""

import gzip
from datetime import timedelta
from urllib.parse import quote

import pytest
from werkzeug.test import Client, TestResponse

from feedsvc.model import Format
from feedsvc.web.answers.fast_path import Lane
from feedsvc.web.answers.snapshots import CurrentSnapshot
from feedsvc.web.replies import Reply
from feedsvc.web.settings import WebSettings
from tests.support.web_fakes import (
    ALLOWED_HEADERS,
    NOON,
    NOON_HTTP,
    RSS,
    FakeReader,
    make_document,
    make_page,
    serve,
)

ETAG = make_document().etag
BROWSER = {"Sec-Fetch-Dest": "document"}


@pytest.fixture
def reader() -> FakeReader:
    return FakeReader(
        make_document(), make_page(""), make_page("categories/news/"), make_page("tags/日本語/")
    )


@pytest.fixture
def client(reader: FakeReader) -> Client:
    return serve(reader)[0]


def get(client: Client, path: str = "/rss.xml", method: str = "GET", **headers: str) -> TestResponse:
    """Ask with headers given as keyword arguments, `_` for `-`."""
    return client.open(path, method=method, headers={k.replace("_", "-"): v for k, v in headers.items()})


def headers_of(response: TestResponse) -> dict[str, str]:
    return dict(response.headers)


def test_a_document_comes_with_all_that_a_poller_needs(client: Client) -> None:
    response = get(client)

    assert response.status == "200 OK"
    assert response.data == RSS
    assert headers_of(response) == {
        "Content-Type": "application/rss+xml; charset=utf-8",
        "Content-Length": str(len(RSS)),
        "ETag": f'W/"{ETAG}"',
        "Last-Modified": NOON_HTTP,
        "Cache-Control": "public, max-age=300, stale-while-revalidate=60, stale-if-error=86400",
        "Vary": "Accept-Encoding, Sec-Fetch-Dest",
        "Access-Control-Allow-Origin": "*",
        "Access-Control-Expose-Headers": "ETag, Last-Modified, Link",
        "X-Content-Type-Options": "nosniff",
    }


@pytest.mark.parametrize(
    ("headers", "status"),
    [
        ({}, 200),
        ({"If_None_Match": f'W/"{ETAG}"'}, 304),
        ({"If_None_Match": f'"{ETAG}"'}, 304),
        ({"If_None_Match": f'"{ETAG}-gzip"'}, 304),  # a proxy compressed us
        ({"If_None_Match": f'"old", "{ETAG}"'}, 304),
        ({"If_None_Match": "*"}, 304),
        ({"If_None_Match": '"old"'}, 200),
        ({"If_Modified_Since": NOON_HTTP}, 304),
        ({"If_None_Match": '"old"', "If_Modified_Since": NOON_HTTP}, 200),  # the tag wins
        ({"If_Modified_Since": "yesterday, about tea time"}, 200),
    ],
)
@pytest.mark.parametrize("method", ["GET", "HEAD"])
def test_conditional_get(client: Client, method: str, headers: dict[str, str], status: int) -> None:
    response = get(client, method=method, **headers)

    assert response.status_code == status
    assert response.data == (RSS if (method, status) == ("GET", 200) else b"")


def test_not_modified_guides_caches_and_describes_no_body(client: Client) -> None:
    """RFC 9110, 15.4.5."""
    full = headers_of(get(client))

    unchanged = headers_of(get(client, If_None_Match=full["ETag"], Accept_Encoding="br"))

    body = {"Content-Type", "Content-Length", "Last-Modified"}
    assert unchanged == {name: value for name, value in full.items() if name not in body}


@pytest.mark.parametrize("headers", [{}, {"Accept_Encoding": "br"}, BROWSER], ids=str)
def test_head_has_the_headers_of_get(client: Client, headers: dict[str, str]) -> None:
    head = get(client, method="HEAD", **headers)

    assert headers_of(head) == headers_of(get(client, **headers))
    assert head.data == b""


def test_a_coded_body_says_so_and_gives_its_own_length(client: Client) -> None:
    response = get(client, Accept_Encoding="gzip")

    assert response.headers["Content-Encoding"] == "gzip"
    assert response.headers["Content-Length"] == str(len(response.data))
    assert response.headers["ETag"] == f'W/"{ETAG}"'
    assert gzip.decompress(response.data) == RSS


def test_a_short_body_is_never_coded(client: Client) -> None:
    response = get(client, "/", Accept_Encoding="br, gzip")

    assert "Content-Encoding" not in response.headers
    assert response.data == b"<h1></h1>"


@pytest.mark.parametrize("query", ["?null", "?_=123", "?utm_source=x&utm_medium=rss", "?a=%ff", "?"])
def test_query_junk_changes_nothing(client: Client, query: str) -> None:
    response = get(client, f"/rss.xml{query}")

    assert headers_of(response) == headers_of(get(client))
    assert response.data == RSS


def test_scripts_may_ask_what_is_allowed(client: Client) -> None:
    response = get(client, method="OPTIONS", Origin="https://reader.example")

    assert response.status_code == 204
    assert response.data == b""
    assert response.headers["Allow"] == "GET, HEAD, OPTIONS"
    assert response.headers["Access-Control-Allow-Origin"] == "*"
    assert response.headers["Access-Control-Allow-Headers"] == ALLOWED_HEADERS


@pytest.mark.parametrize("method", ["POST", "PUT", "DELETE", "PATCH", "PROPFIND"])
def test_documents_can_only_be_read(client: Client, method: str) -> None:
    response = get(client, method=method)

    assert response.status_code == 405
    assert response.headers["Allow"] == "GET, HEAD, OPTIONS"
    assert response.headers["Cache-Control"] == "no-store"
    assert response.headers["Access-Control-Allow-Origin"] == "*"
    assert response.text == "This address can only be read.\n"


@pytest.mark.parametrize("path", ["categories/news/", "tags/日本語/"])
def test_a_folder_without_its_slash_is_found(client: Client, path: str) -> None:
    """The address comes from the configuration, prefix included, and is encoded once."""
    response = get(client, f"/{quote(path[:-1])}?x=1", Host="evil.example")

    assert response.status_code == 301
    assert response.headers["Location"] == f"https://example.org/feeds/{quote(path)}"
    assert "evil" not in str(response.headers)


def test_pages_are_found_by_their_decoded_address(client: Client) -> None:
    response = get(client, f"/tags/{quote('日本語')}/")

    assert response.status_code == 200
    assert response.text == "<h1>tags/日本語/</h1>"
    assert response.headers["Content-Type"] == "text/html; charset=utf-8"
    assert response.headers["X-Content-Type-Options"] == "nosniff"


@pytest.mark.parametrize(
    "path", ["/nothing", "/rss.xml/", "/RSS.XML", "/%ff", "/%00", "/tags/%25E6/", "/../rss.xml"]
)
def test_every_other_address_goes_on_to_the_application(client: Client, path: str) -> None:
    response = get(client, path)

    assert response.status_code == 404
    assert response.headers["Cache-Control"] == "no-store"
    assert response.headers["Access-Control-Allow-Origin"] == "*"


@pytest.mark.parametrize("format_", [Format.RSS, Format.ATOM])
def test_a_browser_gets_what_it_can_show(format_: Format) -> None:
    """Chromium downloads a feed, or shows it as plain text, under its exact type."""
    client, _ = serve(FakeReader(make_document(path=format_.value, media_type=format_.media_type)))

    seen = get(client, f"/{format_}", **{"Sec-Fetch-Dest": "document"})

    assert seen.headers["Content-Type"] == "application/xml; charset=utf-8"
    assert seen.data == RSS
    assert get(client, f"/{format_}", Sec_Fetch_Dest="empty").headers["Content-Type"] == format_.media_type


@pytest.mark.parametrize("media_type", [Format.JSON.media_type, "text/html; charset=utf-8"])
def test_what_a_browser_shows_anyway_keeps_its_type(media_type: str) -> None:
    client, _ = serve(FakeReader(make_document(media_type=media_type)))

    assert get(client, **BROWSER).headers["Content-Type"] == media_type


def test_browser_view_can_be_turned_off(reader: FakeReader) -> None:
    client, _ = serve(reader, browser_view=False)

    response = get(client, **BROWSER)

    assert response.headers["Content-Type"] == Format.RSS.media_type
    assert response.headers["Vary"] == "Accept-Encoding"


def test_links_are_sent_as_they_were_published() -> None:
    links = '<https://example.org/feeds/rss.xml>; rel="self", <https://hub.example/>; rel="hub"'
    client, _ = serve(FakeReader(make_document(links=links)))

    assert get(client).headers["Link"] == links


@pytest.mark.parametrize(
    ("path", "seconds"),
    [
        ("rss.xml", 60),
        ("archive/1/rss.xml", 86400),
        ("categories/news/archive/12/", 86400),
        ("tags/archive/rss.xml", 60),  # a tag by that name
        ("articles/the-archive/1/", 60),
    ],
)
def test_history_is_kept_longer(path: str, seconds: int) -> None:
    client, _ = serve(FakeReader(make_document(path=path)), max_age=60)

    assert f"public, max-age={seconds}, " in get(client, f"/{path}").headers["Cache-Control"]


def test_strict_dates_are_a_setting(reader: FakeReader) -> None:
    client, _ = serve(reader, strict_ims=True)

    assert get(client, If_Modified_Since=NOON_HTTP).status_code == 304
    assert get(client, If_Modified_Since="Fri, 01 May 2026 12:00:01 GMT").status_code == 200


@pytest.mark.parametrize(("second", "sent"), [(-1, False), (0, True), (1, True)])
def test_a_date_ahead_of_our_clock_is_not_sent(reader: FakeReader, second: int, sent: bool) -> None:
    """RFC 9110, 8.8.2.1; it happens when the publisher's clock is ahead."""
    now = (NOON + timedelta(seconds=second)).timestamp()
    settings = WebSettings(url="https://example.org")
    client = Client(Lane(Reply, CurrentSnapshot(reader, settings), settings, clock=lambda: now))  # type: ignore[arg-type]

    response = get(client)

    assert response.headers["ETag"] == f'W/"{ETAG}"'
    assert ("Last-Modified" in response.headers) is sent
    assert get(client, If_Modified_Since=NOON_HTTP).status_code == (304 if sent else 200)
    assert get(client, If_None_Match=f'"{ETAG}"').status_code == 304
