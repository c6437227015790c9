"""Private feeds: an address for each subscriber, and none for anybody else."""

import json
import re
from datetime import timedelta
from pathlib import Path

import feedparser
import pytest
from werkzeug.test import Client

from feedsvc.catalogue import Store, open_store
from feedsvc.catalogue.subscribers import key_digest
from feedsvc.errors import StoreError
from feedsvc.model import Subscriber
from feedsvc.web.answers.encoding import IDENTITY
from feedsvc.web.answers.subscriber_keys import Keys
from tests.support.builders import NOON
from tests.support.pictures import gif
from tests.support.processes import Served, feedsvc, until
from tests.support.sites import article
from tests.support.web_fakes import FakeReader, make_document, serve

KEY = "k" * 43
REVOKED = "r" * 43
KIM = Subscriber(number=1, feed="secret", who="Kim", digest=key_digest(KEY), made=NOON)
LEE = Subscriber(number=2, feed="secret", who="Lee", digest=key_digest(REVOKED), made=NOON, revoked=NOON)

CONFIG = """\
[server]
url = "https://example.org/feeds"
[articles]
directory = "articles"
git_dates = false
[[feed]]
name = "secret"
private = true
where = { tag = "inside" }
"""


@pytest.fixture
def reader() -> FakeReader:
    made = FakeReader(
        make_document(), make_document(path="private/secret/rss.xml", body=b"<rss>secret</rss>")
    )
    made.known = (KIM, LEE)
    return made


@pytest.fixture
def client(reader: FakeReader) -> Client:
    return serve(reader)[0]


def test_a_key_opens_its_feed_and_tells_caches_and_pages_to_keep_it(client: Client) -> None:
    response = client.get(f"/private/{KEY}/rss.xml")

    assert (response.status_code, response.data) == (200, b"<rss>secret</rss>")
    assert response.headers["Cache-Control"] == "private, max-age=300"
    assert response.headers["Referrer-Policy"] == "no-referrer"
    assert response.headers["X-Robots-Tag"] == "noindex"
    again = client.get(f"/private/{KEY}/rss.xml", headers={"If-None-Match": response.headers["ETag"]})
    assert (again.status_code, again.data) == (304, b"")
    assert again.headers["Cache-Control"] == "private, max-age=300"
    assert client.head(f"/private/{KEY}/rss.xml").headers["Content-Length"] == "17"


def test_a_revoked_key_is_gone(client: Client) -> None:
    response = client.get(f"/private/{REVOKED}/rss.xml")

    assert response.status_code == 410
    assert response.headers["Cache-Control"] == "no-store"


@pytest.mark.parametrize(
    "path",
    [
        "/private/secret/rss.xml",
        "/private/secret/",
        "/private/secret",
        f"/private/{'x' * 43}/rss.xml",
        f"/private/{KEY}/atom.xml",
        f"/private/{KEY}/",
        f"/private/{KIM.digest}/rss.xml",
        "/private/rss.xml",
        "/private",
    ],
)
@pytest.mark.parametrize("method", ["GET", "HEAD", "OPTIONS", "POST"])
def test_nobody_else_learns_that_there_is_one(client: Client, path: str, method: str) -> None:
    response = client.open(path, method=method)

    nothing = client.open("/nothing", method=method)
    assert (response.status_code, response.headers) == (nothing.status_code, nothing.headers)
    assert response.status_code == (204 if method == "OPTIONS" else 404)


def test_uses_are_counted_and_written_now_and_then(reader: FakeReader) -> None:
    now = [0.0]
    keys = Keys(reader, clock=lambda: now[0])
    keys.used(KIM)
    keys.used(KIM)

    keys.write()
    assert not reader.uses
    now[0] = 11
    reader.down = True
    keys.write()
    reader.down = False
    now[0] = 22
    keys.used(KIM)
    keys.write()

    assert reader.uses == {1: 3}


class SlowlyFailingReader(FakeReader):
    """A store that hangs, as whoever waits for five seconds sees it."""

    def __init__(self, now: list[float]) -> None:
        super().__init__()
        self.asked = 0
        self._now = now

    def subscribers_stamp(self) -> tuple[Subscriber, ...]:
        if self.down:
            self.asked += 1
            self._now[0] += 5
        return super().subscribers_stamp()


def test_a_store_that_hangs_is_not_waited_for_at_each_use_of_an_unknown_key() -> None:
    now = [0.0]
    reader = SlowlyFailingReader(now)
    reader.known = (KIM,)
    keys = Keys(reader, clock=lambda: now[0])
    keys.look()
    reader.down = True

    known = [keys(KEY) for _ in range(9)]
    asked_for_known = reader.asked
    unknown = [keys("x" * 43) for _ in range(9)]

    assert (known, unknown) == ([KIM] * 9, [None] * 9)
    assert (asked_for_known, reader.asked) == (0, 1)


def test_a_key_that_nobody_has_used_opens_its_feed_while_the_store_is_gone(reader: FakeReader) -> None:
    """And an unknown one is as unknown as before."""
    client, current = serve(reader)
    for document in current().snapshot.documents.values():
        current.bodies(document.etag, IDENTITY)  # as the thread that looks does
    reader.down = True

    answers = [client.get(f"/private/{key}/rss.xml").status_code for key in (KEY, REVOKED, "x" * 43)]

    assert answers == [200, 410, 404]


def test_while_nobody_knows_any_key_no_key_is_called_unknown(reader: FakeReader) -> None:
    """The subscriber's reader shall try again."""
    reader.down = True
    keys = Keys(reader)

    for _ in range(2):
        with pytest.raises(StoreError):
            keys(KEY)


def test_a_key_that_was_just_given_opens_at_once(reader: FakeReader) -> None:
    reader.known = ()
    keys = Keys(reader)
    keys.look()
    reader.known = (KIM,)

    assert keys(KEY) == KIM


def test_keys_are_read_again_only_when_somebody_was_added_or_revoked(store_url: str) -> None:
    """Ten thousand of them are too many for every look."""
    with open_store(store_url) as store:
        stamps = [store.subscribers_stamp()]
        store.add_subscriber("inner", "kim", key_digest("kim"), NOON)
        stamps.append(store.subscribers_stamp())
        store.count_uses({1: 3})
        used = store.subscribers_stamp()
        store.revoke_subscriber(1, NOON)
        stamps.append(store.subscribers_stamp())

    assert len(set(stamps)) == 3
    assert used == stamps[1]


def test_who_looks_is_told_of_a_revocation(store_url: str) -> None:
    with open_store(store_url) as store, open_store(store_url) as worker:
        store.add_subscriber("inner", "kim", key_digest("kim"), NOON)
        worker.changed()
        worker.changed()

        store.revoke_subscriber(1, NOON)

        until(worker.changed)


def test_a_revocation_counts_at_the_next_look(reader: FakeReader) -> None:
    keys = Keys(reader)
    keys.look()
    reader.known = (
        Subscriber(number=1, feed="secret", who="Kim", digest=KIM.digest, made=NOON, revoked=NOON),
    )

    keys.look()

    found = keys(KEY)
    assert found is not None
    assert found.revoked == NOON
    reader.down = True
    assert keys(KEY) == found  # what is known goes on when the store is gone


def test_the_catalogue_keeps_subscribers_but_not_their_keys(store_url: str) -> None:
    store: Store = open_store(store_url)
    later = NOON + timedelta(days=1)

    first = store.add_subscriber("secret", "Kim", key_digest(KEY), NOON)
    second = store.add_subscriber("secret", "Lee", key_digest(REVOKED), NOON)
    store.revoke_subscriber(second, later)
    store.count_uses({first: 2})
    store.count_uses({first: 1})

    kim, lee = store.subscribers()
    assert (kim.number, kim.who, kim.used, kim.revoked) == (1, "Kim", 3, None)
    assert kim.last_used is not None
    assert (lee.number, lee.revoked) == (2, later)
    assert KEY not in repr(store.subscribers())
    store.close()


# The commands, and the service


@pytest.fixture
def home(tmp_path: Path) -> Path:
    (tmp_path / "articles").mkdir()
    text = article("Inside", "![](inside.gif)", tags="[inside]", feeds="[secret]")
    (tmp_path / "articles" / "a.md").write_text(text)
    (tmp_path / "articles" / "inside.gif").write_bytes(gif(3, 2))
    (tmp_path / "articles" / "b.md").write_text(article("Outside"))
    (tmp_path / "feedsvc.toml").write_text(CONFIG)
    return tmp_path


def test_a_subscriber_gets_an_address_that_works_until_it_is_revoked(home: Path) -> None:
    made = feedsvc("token", "add", "secret", "--for", "Kim", cwd=home)
    assert made.returncode == 0, made.stderr
    assert "nothing answers there until feed 'secret' is published" in made.stderr
    rss = made.stdout.splitlines()[0]
    assert rss.startswith("https://example.org/feeds/private/")
    path = rss.removeprefix("https://example.org/feeds")
    with Served(cwd=home) as served:
        answer = served.get(path)
        parsed = feedparser.parse(answer.body)
        second = feedsvc("token", "add", "secret", "--for", "Lee", cwd=home)

        assert "nothing answers" not in second.stderr
        assert [entry.title for entry in parsed.entries] == ["Inside"]
        assert [link.href for link in parsed.feed.links if link.rel in ("self", "hub")] == [rss]
        assert answer.headers["Cache-Control"] == "private, max-age=300"
        assert served.get(path, If_None_Match=str(answer.headers["ETag"])).status == 304
        for public in (
            "/",
            "/feeds.opml",
            "/feeds.json",
            "/rss.xml",
            "/tags/inside/rss.xml",
            "/languages/en/atom.xml",
        ):
            body = served.get(public).body
            assert b"secret" not in body.lower()
            assert b"Inside" not in body
        assert served.get("/private/secret/rss.xml").status == 404
        assert served.get("/feeds/secret/rss.xml").status == 404

        key = path.split("/")[2]
        own = (f"/private/{key}/", f"/private/{key}/articles/a/", f"/private/{key}/media/inside.gif")
        for address in own:
            assert served.get(address).status == served.get(address, "HEAD").status == 200
            assert served.get(address.replace(key, "x" * 43)).status == 404
        for address in ("/articles/a/", "/media/inside.gif"):
            assert served.get(address).status == served.get(address, "HEAD").status == 404
        part = served.get(own[-1], Range="bytes=0-5")
        assert (part.status, part.body) == (206, b"GIF89a")
        (home / "articles" / "a.md").write_text(
            (home / "articles" / "a.md").read_text().replace("feeds: [secret]", "feeds: [all]")
        )
        served.until(lambda: served.get("/articles/a/").status == 200)
        assert served.get("/media/inside.gif").status == 200
        assert served.get(own[1]).status == 404

        assert feedsvc("token", "revoke", "Kim", cwd=home).returncode == 0
        served.until(lambda: served.get(path).status == 410)
        assert served.stop() == 0

    kim, _ = feedsvc("token", "list", cwd=home).stdout.splitlines()
    assert re.fullmatch(r"1\tsecret\tKim\tgiven \S+\trevoked \S+\tused \d+ times, last \S+", kim)
    listed = feedsvc("token", "list", "--format", "json", cwd=home)
    assert '"who": "Kim"' in listed.stdout
    assert json.loads(listed.stdout)[0]["used"] >= 2  # and while the revocation was on its way
    stats = feedsvc("stats", "--format", "json", cwd=home).stdout
    assert "private/secret/articles/a/" in stats
    assert key not in listed.stdout + served.log + stats


def test_a_static_export_has_no_private_feeds(home: Path) -> None:
    assert feedsvc("build", "--out", "out", cwd=home).returncode == 0

    assert not list((home / "out").rglob("*secret*"))
    assert not list((home / "out").rglob("*inside*"))
    assert not (home / "out" / "private").exists()


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (("add", "secrt", "--for", "x"), "there is no private feed 'secrt'; did you mean 'secret'?"),
        (
            ("add", "other", "--for", "x"),
            "there is no private feed 'other'; write [[feed]] with private = true",
        ),
        (("revoke", "7"), "nobody has an address as '7'; `feedsvc token list` shows who does"),
    ],
)
def test_what_cannot_be_is_told(home: Path, arguments: tuple[str, ...], said: str) -> None:
    run = feedsvc("token", *arguments, cwd=home)

    assert run.returncode == 2
    assert said in run.stderr


def test_one_of_several_addresses_is_named_by_its_number(home: Path) -> None:
    for _ in range(2):
        feedsvc("token", "add", "secret", "--for", "Kim", cwd=home)

    run = feedsvc("token", "revoke", "Kim", cwd=home)

    assert "'Kim' has several addresses; name one by its number: 1 and 2" in run.stderr
    assert feedsvc("token", "revoke", "2", cwd=home).returncode == 0
