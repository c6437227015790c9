"""The real process on loopback: from a saved file to a poller's 304."""

import os
import shutil
import signal
from collections.abc import Iterator
from pathlib import Path
from threading import Thread

import feedparser
import pytest

from feedsvc.catalogue import open_reader
from feedsvc.catalogue.lease import hold_lease
from tests.support.places import ROOT
from tests.support.processes import Answer, Served, feedsvc
from tests.support.sites import article

SEEDS = ROOT / "seeds"

# The same for every process, whatever its port.
PUBLIC = "https://example.org/feeds"

CONFIG = '[articles]\ndirectory = "articles"\nrescan = 1\ngit_dates = false\n'


@pytest.fixture
def home(tmp_path: Path) -> Path:
    """A folder with a configuration, and an article in a folder of articles."""
    (tmp_path / "articles").mkdir()
    (tmp_path / "feedsvc.toml").write_text(CONFIG)
    save(tmp_path, "a.md", article("A"))
    return tmp_path


@pytest.fixture
def served(home: Path) -> Iterator[Served]:
    with Served(cwd=home) as process:
        yield process


def save(home: Path, path: str, text: str) -> Path:
    file = home / "articles" / path
    file.write_text(text, encoding="utf-8")
    return file


def titles(answer: Answer) -> list[str]:
    return [entry.title for entry in feedparser.parse(answer.body).entries]


def validators(answer: Answer) -> tuple[str | None, str | None]:
    return answer.headers["ETag"], answer.headers["Last-Modified"]


def test_a_saved_article_is_served_and_then_costs_a_304(home: Path, served: Served) -> None:
    before = served.get()
    save(home, "b.md", article("B", date="2026-04-02"))

    served.until(lambda: titles(served.get()) == ["B", "A"])

    after = served.get()
    unchanged = served.get(If_None_Match=str(after.headers["ETag"]))
    assert before.headers["ETag"] != after.headers["ETag"]
    assert (unchanged.status, unchanged.body) == (304, b"")
    assert served.get(If_None_Match=str(before.headers["ETag"])).status == 200


@pytest.mark.parametrize(("watch", "rescan"), [("true", 3600), ("false", 1)])
def test_a_saved_article_is_served_by_watching_alone_and_by_rescanning_alone(
    home: Path, watch: str, rescan: int
) -> None:
    with Served(cwd=home, FEEDSVC_ARTICLES__WATCH=watch, FEEDSVC_ARTICLES__RESCAN=str(rescan)) as served:
        save(home, "b.md", article("B", date="2026-04-02"))

        served.until(lambda: titles(served.get()) == ["B", "A"])


def test_what_no_notice_tells_of_is_seen_by_rescanning(home: Path) -> None:
    """A file behind a link changes where nothing is watched, as on a share or behind a mount."""
    store = home / "articles" / ".store"
    store.mkdir()
    (store / "b.md").write_text(article("B", date="2026-04-02"))
    (home / "articles" / "b.md").symlink_to(store / "b.md")
    with Served(cwd=home) as served:
        assert titles(served.get()) == ["B", "A"]

        (store / "b.md").write_text(article("B2", date="2026-04-02"))

        served.until(lambda: titles(served.get()) == ["B2", "A"])


def test_a_burst_of_saves_is_one_refresh(home: Path) -> None:
    with Served(cwd=home, FEEDSVC_ARTICLES__RESCAN="3600") as served:
        for number in range(100):
            save(home, f"{number}.md", article(f"N{number}"))

        served.until(lambda: "generation=2" in served.log)

        assert "generation=2 articles=101 " in served.log


def test_a_restart_serves_at_once_and_then_catches_up(home: Path) -> None:
    """What was published is there before the folder has been read."""
    with Served(cwd=home) as first:
        before = first.get()
        assert first.stop() == 0
    (home / "articles").rename(home / "elsewhere")
    with Served(cwd=home, port=first.port) as second:
        assert second.get().body == before.body
        second.until(lambda: "failed job=rescan" in second.log)

        (home / "elsewhere").rename(home / "articles")
        save(home, "b.md", article("B", date="2026-04-02"))

        second.until(lambda: titles(second.get()) == ["B", "A"])


def test_a_changed_configuration_is_said_to_need_a_restart(home: Path, served: Served) -> None:
    (home / "feedsvc.toml").write_text(CONFIG + '[site]\ntitle = "Another"\n')

    served.until(lambda: "restart to use it" in served.log)
    save(home, "b.md", article("B", date="2026-04-02"))
    served.until(lambda: titles(served.get()) == ["B", "A"])

    assert served.log.count("configuration changed path=") == 1


def test_a_configuration_that_comes_while_we_serve_is_told_of(tmp_path: Path) -> None:
    """Else an article for a private feed, written beside it, would be public without a word."""
    (tmp_path / "notes").mkdir()
    with Served("notes", cwd=tmp_path, FEEDSVC_ARTICLES__RESCAN="1") as served:
        own = tmp_path / "notes" / "feedsvc.toml"
        own.write_text('[[feed]]\nname = "members"\nprivate = true\n')

        served.until(lambda: f"configuration changed path={own}; restart to use it" in served.log)


def test_a_change_of_the_sites_own_configuration_is_told_of(tmp_path: Path) -> None:
    (tmp_path / "site" / "_posts").mkdir(parents=True)
    (tmp_path / "site" / "_posts" / "2026-04-01-a.md").write_text(article("A"))
    own = tmp_path / "site" / "_config.yml"
    own.write_text("title: One\nplugins: [jekyll-feed]\n")
    with Served("site", cwd=tmp_path, FEEDSVC_ARTICLES__RESCAN="1") as served:
        own.write_text("title: Two\nplugins: [jekyll-feed]\n")

        served.until(lambda: f"configuration changed path={own}; restart to use it" in served.log)


def test_whoever_stops_reading_our_output_does_not_stop_us(home: Path) -> None:
    reading, writing = os.pipe()
    os.close(reading)
    with Served(cwd=home, output=writing) as served:
        os.close(writing)
        save(home, "b.md", article("B", date="2026-04-02"))

        served.until(lambda: titles(served.get()) == ["B", "A"])

        assert served.stop() == 0
        assert "Traceback" not in served.log


def test_an_articles_life(home: Path, served: Served) -> None:
    """Broken, mended, renamed, deleted and restored, it stays the same entry."""
    good = article("B", date="2026-04-02")
    file = save(home, "b.md", good)
    served.until(lambda: titles(served.get()) == ["B", "A"])
    id_ = feedparser.parse(served.get().body).entries[0].id

    file.write_text("---\ntitle: B is bro")
    served.until(lambda: "ERROR b.md:1: " in served.log)
    assert titles(served.get()) == ["B", "A"]

    file.write_text(good)
    served.until(lambda: "mended path=b.md" in served.log)

    file = file.rename(file.with_name("renamed.md"))
    save(home, "c.md", article("C", date="2026-04-03"))
    served.until(lambda: titles(served.get()) == ["C", "B", "A"])
    assert feedparser.parse(served.get().body).entries[1].id == id_

    file.unlink()
    served.until(lambda: titles(served.get()) == ["C", "A"])
    file.write_text(good)
    served.until(lambda: titles(served.get()) == ["C", "B", "A"])
    assert feedparser.parse(served.get().body).entries[1].id == id_


def test_a_restart_changes_nothing(home: Path) -> None:
    with Served(cwd=home) as first:
        before = first.get()
        assert first.stop() == 0
    with Served(cwd=home, port=first.port) as second:
        after = second.get()
        assert second.stop(signal.SIGINT) == 0

    assert after.body == before.body
    assert validators(after) == validators(before)


def test_a_kill_at_any_moment_leaves_the_feeds_as_they_were(home: Path) -> None:
    with Served(cwd=home) as first:
        before = first.get()
        first.stop(signal.SIGKILL)
    with Served(cwd=home, port=first.port) as second:
        after = second.get()

    assert after.body == before.body
    assert validators(after) == validators(before)


def test_a_folder_that_vanishes_leaves_the_feeds_and_is_said_by_readyz(home: Path, served: Served) -> None:
    before = served.get()
    assert served.get("/readyz").status == 200
    elsewhere = (home / "articles").rename(home / "elsewhere")

    served.until(lambda: b"cannot be listed" in served.get("/readyz").body)
    assert served.get("/readyz").status == 200
    assert served.get().body == before.body
    assert served.get("/healthz").status == 200

    elsewhere.rename(home / "articles")
    served.until(lambda: served.get("/readyz").body.startswith(b"ok\n"))


def test_the_age_of_the_last_refresh_is_told_soon_after_the_start(served: Served) -> None:
    served.until(lambda: b"the last refresh ended" in served.get("/readyz").body)


def test_polls_go_on_while_the_feed_changes(home: Path, served: Served) -> None:
    """No poll sees two snapshots: every body matches its ETag's length and parses."""
    bad: list[object] = []

    def poll() -> None:
        for _ in range(150):
            answer = served.get()
            parsed = feedparser.parse(answer.body)
            if (
                answer.status != 200
                or parsed.bozo
                or int(str(answer.headers["Content-Length"])) != len(answer.body)
            ):
                bad.append(answer)

    pollers = [Thread(target=poll) for _ in range(3)]
    for poller in pollers:
        poller.start()
    for number in range(3):
        save(home, f"{number}.md", article(str(number), date=f"2026-04-1{number}"))
        served.until(lambda number=number: str(number) in titles(served.get()))  # type: ignore[misc]
    for poller in pollers:
        poller.join()

    assert bad == []


def test_a_refresh_beside_it_asks_it_to_refresh(home: Path) -> None:
    (home / "feedsvc.toml").write_text(CONFIG.replace("rescan = 1", "rescan = 3600"))
    with Served(cwd=home) as served:
        save(home, "b.md", article("B", date="2026-04-02"))

        done = feedsvc("refresh", cwd=home)

        assert done.returncode == 0, done.stderr
        served.until(lambda: titles(served.get()) == ["B", "A"])


@pytest.mark.usefixtures("served")
def test_a_refresh_beside_it_that_fails_says_so(home: Path) -> None:
    (home / "articles").rename(home / "elsewhere")

    done = feedsvc("refresh", cwd=home)

    assert done.returncode == 3
    assert "cannot be listed" in done.stderr


def test_a_refresh_goes_on_where_another_one_left(home: Path) -> None:
    """Two of cron's at once: the second may not wait for an answer that nobody gives."""
    feedsvc("refresh", cwd=home)
    url = f"sqlite:///{home / '.feedsvc' / 'catalogue.db'}"
    done: list[int] = []
    second = Thread(target=lambda: done.append(feedsvc("refresh", cwd=home).returncode))
    with hold_lease(url, "the first"):
        second.start()
        store = open_reader(url)
        while not store.asked():
            second.join(0.05)
        store.close()
    second.join()

    assert done == [0]


def test_a_build_beside_it_writes_what_it_serves(home: Path, served: Served) -> None:
    done = feedsvc("build", "--out", "public", cwd=home)

    assert done.returncode == 0, done.stderr
    assert (home / "public" / "atom.xml").read_bytes() == served.get().body


def test_a_second_one_is_told_in_one_line_who_is_there(home: Path, served: Served) -> None:
    again = feedsvc("serve", "--port", str(served.port + 1), cwd=home)

    assert again.returncode == 3
    assert again.stderr.count("\n") == 1
    assert f"process {served.process.pid}" in again.stderr


def test_a_port_in_use_is_told_in_one_line(home: Path, served: Served) -> None:
    other = home / "other"
    other.mkdir()

    again = feedsvc("serve", other, "--port", str(served.port), cwd=other)

    assert again.returncode == 2
    assert again.stderr.splitlines()[-1] == (
        f"feedsvc: port {served.port} on 127.0.0.1 is already in use; choose another with --port"
    )
    assert "Traceback" not in again.stderr


def test_several_workers_serve_the_same(home: Path) -> None:
    with Served("--workers", "2", cwd=home) as served:
        save(home, "b.md", article("B", date="2026-04-02"))
        served.until(lambda: all(titles(served.get()) == ["B", "A"] for _ in range(8)))

        assert served.stop() == 0


def test_the_seeds_are_served_and_exported_alike(tmp_path: Path) -> None:
    seeds = shutil.copytree(SEEDS, tmp_path / "seeds", ignore=shutil.ignore_patterns(".feedsvc"))
    with Served(seeds, cwd=tmp_path, FEEDSVC_SERVER__URL=PUBLIC) as served:
        paths = ["rss.xml", "atom.xml", "feed.json", "categories/news/atom.xml"]
        answers = {path: served.get(f"/{path}") for path in paths}
        assert served.stop() == 0
    shutil.rmtree(seeds / ".feedsvc")  # an export from nothing, as on another machine

    done = feedsvc("build", seeds, "--out", tmp_path / "out", cwd=tmp_path, FEEDSVC_SERVER__URL=PUBLIC)

    assert done.returncode == 0, done.stderr
    for path, answer in answers.items():
        assert (tmp_path / "out" / path).read_bytes() == answer.body, path
    for entry in feedparser.parse(answers["rss.xml"].body).entries:
        assert entry.tags[0].term == "News"
        assert entry.enclosures[0].href == entry.media_content[0]["url"]
        assert entry.content[0].value.count(entry.enclosures[0].href) == 1
        assert "data-ke-" not in entry.content[0].value
