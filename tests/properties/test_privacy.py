"""What only private feeds hold: had with a key, by every link; without one, by no door."""

import json
import re
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import feedparser
import pytest
from hypothesis import given
from hypothesis import strategies as st
from werkzeug.test import Client, TestResponse

from feedsvc.catalogue.subscribers import key_digest
from feedsvc.feeds.subscriber_key import with_key, with_placeholder
from feedsvc.model import Catalogue, Document, FeedSpec, TermKind, Where
from feedsvc.publisher.export import export
from feedsvc.publisher.inspect.explain import explain
from feedsvc.publisher.inspect.survey import survey
from feedsvc.publisher.privacy import privacy_of
from feedsvc.web.app import create_app
from feedsvc.web.settings import WebSettings
from tests.conftest import Clock
from tests.support.builders import NOON, make_article, make_record, make_site, make_spec
from tests.support.pictures import gif
from tests.support.sites import Folder, article, make_plan
from tests.support.web_fakes import FakeReader, make_document, serve

URL = "https://example.org/feeds"
KIM, LEE, SAM, REVOKED = (letter * 43 for letter in "klsr")
MEMBERS = make_spec(name="members", folder="private/members/", title="Members", private=True)
GUESTS = replace(
    MEMBERS,
    name="guests",
    folder="private/guests/",
    title="Guests",
    where=Where(languages=("en", "ko")),
)
NEWS = make_spec(name="news", folder="feeds/news/", title="News")

# Nobody without a key may read any of it anywhere.
SECRET = re.compile(rb"plan|geheim|garden|cellar|members|guests|hush|moved in", re.IGNORECASE)


@pytest.fixture
def folder(tmp_path: Path, clock: Clock) -> Iterator[Folder]:
    made = Folder(
        tmp_path,
        clock,
        site=make_site(url=None, feeds_url=URL),
        named=(MEMBERS, GUESTS, NEWS),
        composed=True,
        all_languages=False,
    )
    for name in ("plan", "shared", "open"):
        made.write(f"{name}.gif", gif(3, 2) + name.encode())
    links = "[garden](garden.md) [open](open.md) [^1]\n\n[^1]: Hush."
    text = f"![](plan.gif) ![](shared.gif) {links}"
    made.write("plan.md", article("Plan", text, feeds="[members]", tags="[geheim]", author="Hush"))
    made.write("garden.md", article("Garden", "Hush.", feeds="[members, guests]", categories="Geheim"))
    made.write("cellar.md", article("Cellar", "Hush.", feeds="[guests]", lang="ko", updated="2026-04-30"))
    made.write("slip.md", article("Geheim", "Hush.", feeds="[members, nwes]", tags="[geheim]"))
    made.write("open.md", article("Open", "![](open.gif) ![](shared.gif) [x](plan.md)", tags="[a]"))
    made.refresh()
    for name, key in (("members", KIM), ("members", LEE), ("guests", SAM), ("members", REVOKED)):
        made.store.add_subscriber(name, key, key_digest(key), NOON)
    made.store.revoke_subscriber(4, NOON)
    yield made
    made.store.close()


@pytest.fixture
def client(folder: Folder) -> Client:
    return open_client(folder)


def open_client(folder: Folder) -> Client:
    return serve(folder.store, composed=True, articles=folder.root)[0]


def ask(client: Client, url: str, **headers: str) -> TestResponse:
    """Ask for an absolute address."""
    assert url.startswith(URL), url
    return client.get(url.removeprefix(URL), headers={k.replace("_", "-"): v for k, v in headers.items()})


# Schemes of terms are names only; and the article that was meant is not there for the readers of this one.
LEADING_NOWHERE = {*(f"{URL}/{kind}/" for kind in TermKind), f"{URL}/articles/open/plan.md"}


def links_in(body: bytes) -> set[str]:
    """Return all addresses of ours that a document names."""
    text = body.decode().replace("\\u0026", "&").replace("&amp;", "&").replace("&#34;", '"')
    return {link.partition("#")[0] for link in re.findall(rf"{URL}/[^\s\"'<>\\)]*", text)}


def walk(client: Client, start: str) -> dict[str, TestResponse]:
    """Return the answers at an address and at all that it leads to."""
    found: dict[str, TestResponse] = {}
    ahead = {f"{URL}{start}"}
    while ahead:
        url = ahead.pop()
        found[url] = ask(client, url)
        if (found[url].mimetype or "").startswith(("text/", "application/")):
            ahead |= links_in(found[url].data) - found.keys() - LEADING_NOWHERE
    return found


def entries(client: Client, key: str, name: str = "atom.xml") -> dict[str, Any]:
    parsed = feedparser.parse(client.get(f"/private/{key}/{name}").data)
    return {entry.title: entry for entry in parsed.entries}


# With a key


@pytest.mark.parametrize(
    ("key", "slugs"), [(KIM, {"plan", "garden", "slip", "open"}), (SAM, {"garden", "cellar", "open"})]
)
@pytest.mark.parametrize("name", ["rss.xml", "atom.xml", "feed.json", ""])
def test_every_link_of_a_private_feed_leads_to_something(
    client: Client, key: str, slugs: set[str], name: str
) -> None:
    found = walk(client, f"/private/{key}/{name}")

    assert {url: answer.status_code for url, answer in found.items() if answer.status_code != 200} == {}
    pages = [url for url in found if "/articles/" in url]
    assert {url.split("/articles/")[1] for url in pages} == {f"{slug}/" for slug in slugs}
    assert f"{URL}/private/{key}/" in found
    assert all(f"/private/{key}/" in url for url in found if "/private/" in url)
    assert b"\x01" not in b"".join(answer.data for url, answer in found.items() if "/media/" not in url)


def test_a_private_feed_names_the_address_at_which_its_subscriber_reads_it(client: Client) -> None:
    """Without one, the W3C's validator misses it; another subscriber's would be a leak."""
    for key in (KIM, LEE):
        own = f"{URL}/private/{key}/"
        for name in ("rss.xml", "atom.xml"):
            links = feedparser.parse(client.get(f"/private/{key}/{name}").data).feed.links
            assert [link.href for link in links if link.rel == "self"] == [own + name]
        assert json.loads(client.get(f"/private/{key}/feed.json").data)["feed_url"] == f"{own}feed.json"


def test_the_home_link_of_a_private_feed_is_its_page(client: Client) -> None:
    home = f"{URL}/private/{KIM}/"

    assert feedparser.parse(client.get(f"/private/{KIM}/rss.xml").data).feed.link == home
    assert json.loads(client.get(f"/private/{KIM}/feed.json").data)["home_page_url"] == home
    atom = client.get(f"/private/{KIM}/atom.xml")
    assert feedparser.parse(atom.data).feed.link == home
    assert atom.headers["Link"] == f'<{home}>; rel="alternate"; type="text/html"'
    page = ask(client, home)
    assert page.mimetype == "text/html"
    assert b'<h1 dir="auto">Members</h1>' in page.data


def test_without_pages_for_feeds_a_private_one_has_its_own(folder: Folder) -> None:
    folder.restart(pages=False)
    folder.refresh()

    assert open_client(folder).get(f"/private/{KIM}/").status_code == 200
    public = [p for p in folder.snapshot.documents if not p.startswith(("private/", "articles/"))]
    assert [path for path in public if not path or path.endswith("/")] == [""]  # where home links lead


def test_links_and_validators_are_each_subscribers_own(client: Client) -> None:
    for name in ("atom.xml", "", "articles/plan/"):
        kim, lee = (client.get(f"/private/{key}/{name}") for key in (KIM, LEE))

        assert kim.data.replace(KIM.encode(), LEE.encode()) == lee.data != kim.data
        assert kim.headers["ETag"] != lee.headers["ETag"]
        assert client.get(f"/private/{KIM}/{name}").data == kim.data
        for mine, theirs, key in ((kim, lee, KIM), (lee, kim, LEE)):
            again = client.get(f"/private/{key}/{name}", headers={"If-None-Match": mine.headers["ETag"]})
            other = client.get(f"/private/{key}/{name}", headers={"If-None-Match": theirs.headers["ETag"]})
            assert (again.status_code, again.data, other.status_code) == (304, b"", 200)
            assert again.headers["Cache-Control"] == "private, max-age=300"
            assert again.headers["Referrer-Policy"] == "no-referrer"


@pytest.mark.parametrize("coding", ["br", "gzip", "zstd"])
def test_a_compressed_answer_holds_the_keys_of_nobody_else(client: Client, coding: str) -> None:
    plain = {key: client.get(f"/private/{key}/feed.json") for key in (KIM, LEE)}

    for key in (KIM, LEE, KIM):
        coded = client.get(f"/private/{key}/feed.json", headers={"Accept-Encoding": coding})
        assert coded.headers["Content-Encoding"] == coding
        assert coded.headers["ETag"] == plain[key].headers["ETag"]
        head = client.head(f"/private/{key}/feed.json", headers={"Accept-Encoding": coding})
        assert (head.data, head.headers["Content-Length"]) == (b"", str(len(coded.data)))
    assert len(plain[KIM].data) == int(plain[KIM].headers["Content-Length"])


def test_after_a_restart_the_same_bytes_have_the_same_validators(folder: Folder, client: Client) -> None:
    before = {name: client.get(f"/private/{KIM}/{name}") for name in ("rss.xml", "", "articles/plan/")}
    stored = folder.bodies()

    folder.restart()
    report = folder.refresh()

    assert report.generation is None
    assert folder.bodies() == stored
    after = open_client(folder)
    for name, answer in before.items():
        assert after.get(f"/private/{KIM}/{name}").headers["ETag"] == answer.headers["ETag"]


def test_pictures_are_sent_whole_or_in_part_to_who_has_a_key(client: Client) -> None:
    [url] = [url for url in links_in(client.get(f"/private/{KIM}/atom.xml").data) if "plan.gif" in url]

    whole = ask(client, url)

    assert (whole.status_code, whole.mimetype) == (200, "image/gif")
    assert whole.headers["Cache-Control"] == "private, max-age=31536000, immutable"
    assert whole.headers["Referrer-Policy"] == "no-referrer"
    other = ask(client, f"{url}0")
    assert (other.status_code, other.headers["Cache-Control"]) == (200, "private, no-cache")
    part = ask(client, url, Range="bytes=0-5")
    assert (part.status_code, part.data) == (206, b"GIF89a")
    assert ask(client, url, If_None_Match=whole.headers["ETag"]).status_code == 304
    head = client.head(url.removeprefix(URL))
    assert (head.status_code, head.data, head.headers["Content-Length"]) == (200, b"", str(len(whole.data)))


def test_a_folder_without_its_slash_is_found_by_who_has_a_key(client: Client) -> None:
    for address in (f"/private/{KIM}", f"/private/{KIM}/articles/plan"):
        response = client.get(address)
        assert (response.status_code, response.headers["Location"]) == (301, f"{URL}{address}/")
        assert response.headers["Cache-Control"] == "no-store"


@pytest.mark.parametrize("path", ["rss.xml", "", "articles/plan/", "media/plan.gif"])
def test_with_a_key_other_methods_are_answered_as_anywhere(client: Client, path: str) -> None:
    assert client.options(f"/private/{KIM}/{path}").status_code == 204
    refused = client.post(f"/private/{KIM}/{path}")
    assert (refused.status_code, refused.headers["Allow"]) == (405, "GET, HEAD, OPTIONS")


@pytest.mark.parametrize("path", ["", "rss.xml", "articles/plan/", "media/plan.gif", "whatever"])
def test_a_revoked_key_opens_nothing(client: Client, path: str) -> None:
    assert client.get(f"/private/{REVOKED}/{path}").status_code == 410


def test_an_article_that_is_taken_back_is_gone_for_its_subscribers_and_was_never_there_for_others(
    folder: Folder,
) -> None:
    (folder.root / "plan.md").unlink()
    folder.refresh()
    client = open_client(folder)

    assert client.get(f"/private/{KIM}/articles/plan/").status_code == 410
    assert b"deleted-entry" in client.get(f"/private/{KIM}/atom.xml").data
    assert client.get(f"/private/{SAM}/articles/plan/").status_code == 404
    for path in ("articles/plan/", "private/members/articles/plan/", "private/members/articles/plan"):
        assert client.get(f"/{path}").status_code == 404
    for name in ("atom.xml", "tags/geheim/atom.xml", "languages/en/atom.xml", "feeds/q/atom.xml"):
        assert b"deleted-entry" not in client.get(f"/{name}").data


# Without one


def test_nothing_public_names_what_is_private(folder: Folder) -> None:
    documents = folder.snapshot.documents.values()
    public = {each.path: folder.body(each.path) for each in documents if not each.path.startswith("private/")}

    said = {path: set(SECRET.findall(body)) for path, body in public.items()}

    assert said.pop("articles/open/") == {b"plan"}  # what the author wrote: that link leads nowhere
    for path in [path for path in said if said[path] == {b"plan"}]:
        assert b"articles/plan" not in public[path]
        del said[path]
    assert {path: found for path, found in said.items() if found} == {}
    assert not [path for path in public if SECRET.search(path.encode())]
    assert not [path for path in folder.snapshot.media if "plan" in path]
    assert [term.folder for term in folder.store.catalogue().terms] == ["tags/a/"]
    assert b"2026-04-30" not in b"".join(public.values())


@pytest.mark.parametrize(
    "path",
    [
        "articles/plan/",
        "articles/plan",
        "articles/garden/",
        "articles/geheim/",
        "media/plan.gif",
        "media//members/plan.gif",
        "media/members/plan.gif",
        "private/members/plan.gif",
        "private/members/media/plan.gif",
        "private/members/articles/plan/",
        "private/members/",
        "private/",
        "tags/geheim/",
        "tags/geheim/rss.xml",
        "authors/hush/",
        "languages/ko/",
        "feeds/members/",
        f"private/{'x' * 43}/",
        f"private/{'x' * 43}/articles/plan/",
        f"private/{'x' * 43}/media/plan.gif",
        f"private/{SAM}/articles/plan/",
        f"private/{SAM}/media/plan.gif",
        f"private/{SAM}/media/shared.gif",
        f"private/{KIM}/articles/cellar/",
        f"private/{KIM}/articles/open/",
        f"private/{KIM}/media/open.gif",
        f"private/{KIM}/media//plan.gif",
        f"private/{KIM}/../guests/rss.xml",
        f"private/{KIM}/private/members/rss.xml",
    ],
)
@pytest.mark.parametrize("method", ["GET", "HEAD", "OPTIONS", "POST"])
def test_a_guess_finds_nothing(client: Client, path: str, method: str) -> None:
    response = client.open(f"/{path}", method=method)

    nothing = client.open("/" + re.sub(SECRET.pattern.decode(), "nothing", path), method=method)
    expected = nothing.status_code if path.startswith("media/") else 404
    assert response.status_code == (204 if method == "OPTIONS" else expected)
    assert (response.data, dict(response.headers)) == (nothing.data, dict(nothing.headers))
    assert method in ("OPTIONS", "POST") or response.status_code == 404


@pytest.mark.parametrize(
    "query", ["tag=geheim", "category=geheim", "author=hush", "lang=ko", "q=hush", "q=geheim", ""]
)
def test_nothing_private_is_composed(client: Client, query: str) -> None:
    body = client.get(f"/feeds/q/feed.json?{query}" if query else "/feeds/q/feed.json").data

    titles = [entry["title"] for entry in json.loads(body)["items"]]
    assert titles == ([] if query else ["Open"])


def test_a_static_export_drops_what_has_become_private_and_gets_it_back(
    folder: Folder, tmp_path: Path
) -> None:
    out = tmp_path / "out"
    text = article("Plan", "![](plan.gif) ![](shared.gif)", feeds="[members]")
    folder.write("plan.md", text.replace("[members]", "[all]"))
    folder.refresh()
    export(folder.store, folder.root, out, precompress=True)
    files = {"articles/plan/index.html", "media/plan.gif"}
    assert {path for path in files if (out / path).exists()} == files

    folder.write("plan.md", text)
    folder.refresh()
    export(folder.store, folder.root, out, precompress=True)

    assert not [path for path in out.rglob("*") if "plan" in path.name or "private" in path.name]
    assert (out / "media" / "shared.gif").exists()
    client = open_client(folder)
    assert client.get("/articles/plan/").status_code == client.get("/media/plan.gif").status_code == 404
    assert client.get(f"/private/{KIM}/articles/plan/").status_code == 200

    folder.write("plan.md", text.replace("[members]", "[all]"))
    folder.refresh()
    export(folder.store, folder.root, out)

    assert {path for path in files if (out / path).exists()} == files
    client = open_client(folder)
    assert client.get("/articles/plan/").status_code == client.get("/media/plan.gif").status_code == 200
    assert client.get(f"/private/{KIM}/articles/plan/").status_code == 404


# What is private


SEA = replace(NEWS, name="sea", where=Where(tags=("sea",)))


def held(head: dict[str, Any], *named: FeedSpec, **plan: Any) -> frozenset[str] | None:
    """Return which private feeds alone hold an article beside one in English; None if others do, too."""
    site = make_site()
    records = [make_record(article=make_article(**head)), make_record(key=2, id="urn:x:2")]
    made = make_plan(Path(), site=site, named=named, all_languages=False, **plan)
    return privacy_of(made, site, Catalogue(records=tuple(records)), NOON).holders.get(1)


@pytest.mark.parametrize(
    ("head", "named", "plan", "expected"),
    [
        ({}, [MEMBERS], {}, None),
        ({"feeds": ("members",)}, [MEMBERS], {}, {"members"}),
        ({"feeds": ("members",)}, [MEMBERS, replace(GUESTS, where=None)], {}, {"members"}),
        ({"feeds": ("members", "guests")}, [MEMBERS, GUESTS], {}, {"members", "guests"}),
        ({"feeds": ("members", "all")}, [MEMBERS], {}, None),
        ({"feeds": ("members", "news")}, [MEMBERS, NEWS], {}, None),
        ({"feeds": ("members", "nwes")}, [MEMBERS, NEWS], {}, {"members"}),
        # Whoever slips may have meant either: a warning is better than an open door.
        ({"feeds": ("nwes",)}, [MEMBERS, NEWS], {}, set()),
        ({"feeds": ("membres",), "tags": ("a",)}, [MEMBERS, NEWS], {}, set()),
        ({"feeds": ("nwes",)}, [NEWS], {}, None),
        ({"feeds": ()}, [MEMBERS], {}, None),
        ({"feeds": ("members",), "hidden": "retracted"}, [MEMBERS], {}, {"members"}),
        # The feed does not want it: nobody has it.
        ({"feeds": ("members",)}, [replace(MEMBERS, where=Where(tags=("sea",)))], {}, set()),
        # It is too old for its only feed, or has not what that wants of bodies: it is private all the same.
        ({"feeds": ("members",)}, [replace(MEMBERS, where=Where(within=1))], {}, {"members"}),
        ({"feeds": ("members",)}, [replace(MEMBERS, where=Where(media=("audio",)))], {}, {"members"}),
        ({"feeds": ("members",)}, [MEMBERS], {"retired": {"private/members/"}}, {"members"}),
        # It names a public feed, which does not want it; its terms' feeds may.
        ({"feeds": ("members", "sea")}, [MEMBERS, SEA], {"kinds": ()}, {"members"}),
        ({"feeds": ("members", "sea"), "tags": ("a",)}, [MEMBERS, SEA], {"kinds": (TermKind.TAG,)}, None),
        ({"feeds": ("members", "sea"), "tags": ("sea",)}, [MEMBERS, SEA], {"kinds": ()}, None),
        # Another language than the site's has no public feed here, unless there is one for it.
        ({"language": "ko"}, [GUESTS], {"kinds": ()}, {"guests"}),
        ({"language": "ko"}, [GUESTS], {}, None),
        ({"language": "ko"}, [GUESTS], {"retired": {"languages/ko/"}}, {"guests"}),
        ({"language": "ko", "tags": ("a",)}, [GUESTS], {"kinds": (TermKind.TAG,)}, None),
        ({"language": "ko"}, [GUESTS, replace(NEWS, language="ko")], {"kinds": ()}, None),
    ],
)
def test_an_article_in_a_private_feed_and_no_public_one_is_private(
    head: dict[str, Any], named: list[FeedSpec], plan: dict[str, Any], expected: set[str] | None
) -> None:
    assert held(head, *named, **plan) == expected


def test_commands_that_only_look_show_where_subscribers_find_it(folder: Folder) -> None:
    plan = make_plan(folder.root, site=make_site(url=None, feeds_url=URL), named=(MEMBERS, GUESTS, NEWS))

    listed = {each.title: each for each in survey(plan, Catalogue(), now=NOON).articles}
    told = explain(plan, Catalogue(), "plan.md", cwd=folder.root, now=NOON)

    assert listed["Plan"].url == f"{URL}/private/KEY/articles/plan/"
    assert str(listed["Plan"].image).startswith(f"{URL}/private/KEY/media/plan.gif")
    assert listed["Open"].url == f"{URL}/articles/open/"
    held = [feed.feed for feed in told.feeds if feed.reason is None]
    assert held == ["private feed members"]


def test_a_private_feed_that_is_taken_out_of_the_configuration_opens_nothing(folder: Folder) -> None:
    folder.restart(named=(NEWS,))
    folder.refresh()
    client = open_client(folder)

    for path in ("articles/plan/", "media/plan.gif", "tags/geheim/", f"private/{KIM}/rss.xml"):
        assert client.get(f"/{path}").status_code == 404
    assert folder.snapshot.private == {}


def test_a_private_feed_that_becomes_public_shows_what_it_holds(folder: Folder) -> None:
    folder.restart(named=(replace(MEMBERS, private=False, folder="feeds/members/"), GUESTS, NEWS))
    folder.refresh()
    client = open_client(folder)

    assert client.get("/articles/plan/").status_code == client.get("/media/plan.gif").status_code == 200
    assert client.get("/articles/cellar/").status_code == 404


@given(st.sampled_from(["KEY", "\x01", "private/KEY/", "{{ page.url }}", "https://evil.example/?\x01KEY"]))
def test_no_article_gets_hold_of_a_key(text: str) -> None:
    document = Document(path="private/members/", media_type="text/html", body=text.encode())

    assert KIM not in with_key(with_placeholder(document, "MARK"), KIM).body.decode()


def test_an_exception_is_logged_without_the_request(caplog: pytest.LogCaptureFixture) -> None:
    app = create_app(FakeReader(make_document()), WebSettings(url=URL))
    app.add_url_rule("/private/<key>/broken", view_func=lambda key: str(key + len(key)))

    response = Client(app).get(f"/private/{KIM}/broken")

    assert response.status_code == 500
    assert "this is a fault of feedsvc" in caplog.text
    assert KIM not in caplog.text
