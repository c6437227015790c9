"""Every message that a person can get, provoked for real: what is wrong, where, and what to do."""

import ast
import fcntl
import os
import re
import socket
import sqlite3
import subprocess
from collections.abc import Callable, Iterator, Mapping
from contextlib import closing
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from feedsvc.articles.dialects import PathMetadata, Plain
from feedsvc.articles.disk.scan import ScanRules, scan
from feedsvc.catalogue import open_reader, open_store
from feedsvc.catalogue.backup.copy import backup, restore
from feedsvc.catalogue.lease import hold_lease
from feedsvc.catalogue.schema import HEAD
from feedsvc.cli import cli
from feedsvc.cli.admin_token import admin_token
from feedsvc.cli.workplace import Workplace
from feedsvc.config import Config, load_config, locate
from feedsvc.errors import ConfigError, FeedsvcError
from feedsvc.model import Catalogue, Release, Templating, Where
from feedsvc.publisher.export import check_out, export
from feedsvc.publisher.inspect.explain import explain
from feedsvc.publisher.inspect.survey import survey
from feedsvc.publisher.refresh.bodies import Contents
from feedsvc.publisher.refresh.moment import moment_of
from feedsvc.web.server.server import serve
from feedsvc.web.settings import ServerSettings, WebSettings
from tests.conftest import Clock
from tests.support.builders import NOON, make_article, make_record, make_site, make_spec
from tests.support.places import ROOT, TESTS
from tests.support.refused_values import VALUES
from tests.support.sites import Folder, article, make_plan

PACKAGE = ROOT / "feedsvc"


def head(*lines: str) -> str:
    """An article whose front matter ends in *lines*, the first of which is line 4 of the file."""
    return "\n".join(["---", "title: Hello", "date: 2026-04-01", *lines, "---", "", "Hello, world.", ""])


def told(root: Path, **plan: Any) -> list[str]:
    """Return what `feedsvc check` says of a folder."""
    return [str(problem) for problem in survey(make_plan(root, **plan), Catalogue(), now=NOON).problems]


# One article: its text, and what is said of it

NO_YAML = "the front matter is no valid YAML: {}; until that is mended, it is read line by line"
NO_DATE = "is no date between 1970 and 2099; write it like 2024-06-27 09:00"
NOT_SERVED = "files like 'photo.heic' are not served; use JPEG, PNG, WebP, GIF, SVG, AVIF, MP3 or MP4"
NO_FILE = "there is no file 'gone.png'; put it there, or mend its address"

ARTICLES: list[tuple[str | bytes, str]] = [
    # The file
    ("", "a.md: warning: is empty; write something or delete it"),
    (b"x" * 4_000_001, "a.md: error: is larger than 4 MB; split it, or move its data elsewhere"),
    (
        "[" * 80_001,
        "a.md: error: holds more than 80,000 signs of markup and ends of lines; split it, or move its data"
        " into a file beside it",
    ),
    (
        "<img src=x>" * 5_001,
        "a.md: error: holds more than 5,000 pictures, frames, scripts and comments; split it",
    ),
    ("[^1]" * 5_001, "a.md: error: holds more than 5,000 references to footnotes; split it"),
    (
        f"[a]: /{'x' * 200_000}\n\n" + "[a] " * 6,
        "a.md: error: holds more than 1,000,000 characters in references to links; shorten their addresses",
    ),
    (
        "|" * 200 + "\n" + "|-" * 200 + "|\n" + "|a\n" * 200,
        "a.md: error: holds more than 30,000 cells of tables; split the table, or move it into a file"
        " beside it",
    ),
    (b"caf\xe9", "a.md:1: error: is not UTF-8 text (byte 0xe9 at offset 3); save it as UTF-8"),
    (
        "Hello,\n\x07",
        "a.md:2: warning: character U+0007 cannot stand in a feed and is left out, as are others like it;"
        " delete it",
    ),
    (
        "Hello,\n<<<<<<< HEAD\nworld.\n=======\nplanet.\n>>>>>>> b\n",
        "a.md:2: error: holds both sides of a merge in conflict; choose what is to stay, and delete git's"
        " marks",
    ),
    # The head
    (
        head(f"tags: [{', '.join(map(str, range(101)))}]"),
        "a.md:4: warning: names 101 tags, of which the first 100 count; name fewer",
    ),
    ("---\ntitle: x\n", "a.md:1: error: the front matter has no end; close it with a line '---'"),
    ("+++\ntitle: x\n", "a.md:1: error: the front matter has no end; close it with a line '+++'"),
    (
        head(f"x: {'x' * 64_000}"),
        "a.md:1: error: the front matter is longer than 64 kB; close it at its end, or shorten it",
    ),
    ('{"a": 1,\n"b" 2}', "a.md:2: error: this is not valid JSON (Expecting ':' delimiter); mend this line"),
    (
        '---json\n["a"]\n---\n',
        "a.md:2: error: this is not valid JSON (it is more, or no object); mend this line",
    ),
    ('{"a":' + "[" * 70_000, "a.md:1: error: this JSON is nested too deeply; flatten it"),
    (
        '{"title": ' + "[" * 600 + "]" * 600 + "}",
        "a.md:1: error: the front matter is nested too deeply; flatten it",
    ),
    (
        "+++\ntitle = 'x'\ndate = soon\n+++\n",
        "a.md:3: error: this is not valid TOML (Invalid value); mend this line",
    ),
    (
        f"+++\nx = {'9' * 5000}\n+++\n",
        "a.md:1: error: this TOML is nested too deeply, or holds a number of too many digits; simplify it",
    ),
    # YAML
    (
        head("excerpt: first: second"),
        "a.md:4: warning: "
        + NO_YAML.format("a value that holds ': ' needs quotes, or blanks stand before a key"),
    ),
    (
        head("author: @kim"),
        "a.md:4: warning: "
        + NO_YAML.format("a value that begins with a sign such as @, % or ` needs quotes"),
    ),
    (head("x: *bold*"), "a.md:4: warning: " + NO_YAML.format("a value that begins with * or & needs quotes")),
    (
        head("x: *bold"),
        "a.md:4: warning: " + NO_YAML.format("a value that begins with * or & needs quotes"),
    ),
    (head("x: >bold"), "a.md:4: warning: " + NO_YAML.format("a value that begins with > or | needs quotes")),
    (
        head(r'x: "C:\quiet"'),
        "a.md:4: warning: "
        + NO_YAML.format("a backslash between double quotes has a meaning; use single quotes"),
    ),
    (head("x: 'y", "z: 1"), "a.md:4: warning: " + NO_YAML.format("a quotation mark is never closed")),
    (head("tags: [a, b", "z: 1"), "a.md:4: warning: " + NO_YAML.format("a list in brackets is never closed")),
    (
        head("x: {a: b, c", "z: 1"),
        "a.md:4: warning: " + NO_YAML.format("a mapping in braces is never closed"),
    ),
    (head("x: y", "\tz: 1"), "a.md:5: warning: " + NO_YAML.format("a tab cannot indent; use blanks")),
    (
        head("x: 'y' z"),
        "a.md:4: warning: "
        + NO_YAML.format(
            "a value goes on behind its closing quote or bracket, or lines are indented unevenly"
        ),
    ),
    (
        head("just a line"),
        "a.md:4: warning: " + NO_YAML.format("a line is neither 'key: value' nor indented"),
    ),
    (head("? [a]", ": b"), "a.md:4: warning: " + NO_YAML.format("a key is no plain text")),
    (
        head(
            "a: &a [x,x,x,x,x,x,x,x,x,x]",
            *(f"{b}: &{b} [{','.join([f'*{a}'] * 10)}]" for a, b in ("ab", "bc", "cd", "de")),
        ),
        "a.md:2: warning: " + NO_YAML.format("its aliases expand to too many values; write them out"),
    ),
    (head("x: }"), "a.md:4: warning: " + NO_YAML.format("something here cannot be read")),
    (
        head("title: Again"),
        "a.md:4: warning: 'title' stands here again, and the last one counts; delete the others",
    ),
    (
        '{"title": "x", "date": "2026-04-01",\n"title": "y"}\nHello.',
        "a.md:2: warning: 'title' stands here again, and the last one counts; delete the others",
    ),
    (
        "Title: x\nDate: 2026-04-01\nTitle: y\n\nHello.",
        "a.md:3: warning: 'Title' stands here again, and the last one counts; delete the others",
    ),
    (head("Title: Again"), "a.md:4: warning: 'Title' is the same key as 'title' and counts; delete one"),
    (
        head("what a long sentence this is: it goes on"),
        "a.md:4: warning: 'what a long sentence…' is read as a key; indent it if it belongs to the text"
        " above",
    ),
    (
        head("slug: issue #42"),
        "a.md:4: warning: 'slug' ends at ' #', where a comment begins; put quotes around the value",
    ),
    # Its values
    (
        head("expires: 2026-11-31"),
        "a.md:4: warning: 'expires' is ignored: '2026-11-31' is no day of the calendar",
    ),
    (
        "---\ntitle: x\ndate: soon\n---\nHello.",
        f"a.md:3: warning: 'date' is ignored, so the article is dated as one without: 'soon' {NO_DATE}",
    ),
    (
        "---\ntitle: x\ndate: soon\nCreated: 2026-04-01\n---\nHello.",
        f"a.md:3: warning: 'date' is ignored, so the article is dated by 'Created': 'soon' {NO_DATE}",
    ),
    (
        head("expires: {on: 2024-12-01}"),
        "a.md:4: warning: 'expires' is ignored: a mapping is no date; write it like 2024-06-27 09:00",
    ),
    (head("expires: soon"), f"a.md:4: warning: 'expires' is ignored: 'soon' {NO_DATE}"),
    (
        head("Last-Modified: 4/5/2026"),
        "a.md:4: warning: 'Last-Modified' is read as 2026-04-05T00:00:00+00:00; write it that way",
    ),
    (
        head("updated: 2026-03-01"),
        "a.md:4: warning: the date of update lies before the date of publication and counts as equal;"
        " mend one of the two",
    ),
    (head("draft: perhaps"), "a.md:4: warning: 'draft: perhaps' is read as true; write true or false"),
    (head("minor: perhaps"), "a.md:4: warning: 'minor' is read as false; write true or false"),
    (
        head("status: wip"),
        "a.md:4: warning: 'status: wip' is not known, so the article is public; write draft to keep it back",
    ),
    (
        head("lang: Korean!"),
        "a.md:4: warning: 'lang: Korean!' is no language and is ignored; write a tag such as ko or en-GB",
    ),
    (
        head('comments: "http://[bad"'),
        "a.md:4: warning: 'http://[bad' under 'comments' is no address and is ignored; mend it",
    ),
    (
        head("audio: {url: 'http://[bad', type: audio/mpeg}"),
        "a.md:4: warning: 'http://[bad' under 'audio' is no address and is ignored; mend it",
    ),
    (
        head("audio: http://[bad/a.mp3"),
        "a.md:4: warning: 'http://[bad/a.mp3' under 'audio' is no address and is ignored; mend it",
    ),
    (
        head("related: [https://exa mple.org/, https://example.org/]"),
        "a.md:4: warning: 'https://exa mple.org/' under 'related' is no address and is ignored; mend it",
    ),
    (
        head("author: {name: Kim, email: kim}"),
        "a.md:4: warning: 'kim' under 'author' is no address and is ignored; mend it",
    ),
    (
        head("author: 'Lee, Kim <김@example.org>'"),
        "a.md:4: warning: '김@example.org' under 'author' is no address and is ignored; mend it",
    ),
    (
        head("guid: 'http://a]b/'"),
        "a.md:4: warning: 'http://a]b/' under 'guid' is no valid IRI (RFC 3987) and counts as no id where"
        " none was given yet; mend or delete it",
    ),
    (
        head("via: Hacker News"),
        "a.md:4: warning: 'Hacker News' under 'via' is no address and is ignored; write a complete one such"
        " as https://example.org/page",
    ),
    (
        head("lang: {a: b}"),
        "a.md:4: warning: a mapping under 'lang' is no language and is ignored; write a tag such as ko or"
        " en-GB",
    ),
    (
        head("Permalink: [a, b]"),
        "a.md:4: warning: a list under 'Permalink' is no address and is ignored; write a path such as"
        " /2026/hello/",
    ),
    (
        head("lang: zz-ZZ"),
        "a.md:4: warning: 'lang: zz-ZZ' names no registered language (BCP 47), but feeds say it as it is;"
        " write a tag such as ko or en-GB",
    ),
    (
        head("tags: {a: b}"),
        "a.md:4: warning: 'tags' holds a mapping where a list of labels is wanted, and at most its keys"
        " count; write a list, such as [a, b]",
    ),
    (
        head("license: mine"),
        "a.md:4: warning: 'mine' under 'license' is no licence that is known here and is ignored; write the"
        " address of its text",
    ),
    (
        head("hidden: perhaps"),
        "a.md:4: warning: 'perhaps' under 'hidden' is no truth value and is ignored; write true or false",
    ),
    (
        head("created: {a: b}"),
        "a.md:4: warning: 'created' is ignored, so the article is dated by 'date': a mapping is no date;"
        " write it like 2024-06-27 09:00",
    ),
    (head("image: gone.png"), f"a.md:4: warning: {NO_FILE}"),
    (head("image: photo.heic"), f"a.md:4: warning: {NOT_SERVED}"),
    (
        head("image: asset-17"),
        "a.md:4: warning: 'asset-17' is no address of a picture and is ignored; mend or delete it",
    ),
    # The body
    (article(body="One.\n\n![](gone.png)"), f"a.md:8: warning: {NO_FILE}"),
    (article(body="One.\n\n![](photo.heic)"), f"a.md:8: warning: {NOT_SERVED}"),
    (article(body='<img src="data:,x" srcset="gone.png 2x">'), f"a.md:6: warning: {NO_FILE}"),
    (
        article(body="[x](ftp://example.org/x)"),
        "a.md:6: warning: 'ftp://example.org/x' is no address for readers and is left out; mend it",
    ),
    (
        article(body=f"![](data:image/png;base64,{'x' * 3000})"),
        "a.md:6: warning: a file written into the text itself is left out; put it beside the article",
    ),
    (
        article(body="One.\n\n[x]({filename}gone.md)"),
        "a.md:8: warning: 'gone.md' is no article that is published, so the link may lead to no page; mend"
        " it, or write the address of the page that is meant",
    ),
    (
        article(body="![](file:///C:/kim/wave.png)"),
        "a.md:6: warning: 'file:///C:/kim/wave.png' is no address for readers and is left out; mend it",
    ),
]


@pytest.mark.parametrize(("text", "message"), ARTICLES, ids=[message for _, message in ARTICLES])
def test_what_is_wrong_with_an_article(tmp_path: Path, text: str | bytes, message: str) -> None:
    (tmp_path / "a.md").write_bytes(text.encode() if isinstance(text, str) else text)

    assert told(tmp_path) == [message]


# A folder: what lies there, and what is said of it

FOLDERS: list[tuple[Callable[[Path], object], str]] = [
    (
        lambda root: (root / "a.md").symlink_to(root.parent / "elsewhere.md"),
        "a.md: warning: is a link that leads nowhere; mend or delete it",
    ),
    (
        lambda root: (root / "a.md").symlink_to(__file__),
        "a.md: warning: is a link to a file outside the articles folder; put the file itself here",
    ),
    (
        lambda root: (root / "more").symlink_to(PACKAGE),
        "more/: warning: is a link to a folder outside the articles folder, and not followed;"
        " move that folder here",
    ),
    (
        lambda root: (root / "a.md").symlink_to("a.md"),
        "a.md: error: cannot be asked for (Too many levels of symbolic links), so it stays as it was;"
        " check its permissions and its disk",
    ),
    (
        lambda root: os.mkfifo(root / "a.md"),
        "a.md: warning: is a pipe, a socket or a device, not a file; delete or rename it",
    ),
    (
        lambda root: (root / "/".join("d" * 102)).mkdir(parents=True),
        f"{'d/' * 101}: error: lies more than 100 folders deep and is not read; move it up",
    ),
    (
        lambda root: [write(root / f"{name}.md", article(name)) for name in ("a", "a (1)")],
        "a (1).md: warning: looks like a copy of 'a.md' beside it and was never published, so it is left out;"
        " rename it, or name it in articles.include, to publish it",
    ),
    (
        lambda root: [write(root / f"{name}.md", article(name)) for name in ("a", "a_LOCAL_42")],
        "a_LOCAL_42.md: warning: is a copy that was in conflict with 'a.md', and left out; put into that file"
        " what is to stay, or rename this one, or name it in articles.include",
    ),
    (
        lambda root: [write(root / name) for name in ("a.docx", "b.docx")],
        ".: warning: holds no article: 'a.docx' is none (its suffix is none of .htm, .html, .markdown, .md,"
        " .txt), nor is any of 1 more; name another folder, write articles as Markdown or HTML, or say in"
        " articles.include which files they are",
    ),
    (
        lambda root: write(folder(root / "blog") / ".feedsvc-manifest.json"),
        ".: warning: holds no article: 'blog/' is left out, as `feedsvc build` has written into it; if it"
        " holds your articles, delete 'blog/.feedsvc-manifest.json', and export into another folder",
    ),
    (
        lambda root: [write(root / "README.md"), folder(root / "node_modules")],
        ".: warning: holds no article: left out are 'README.md' (it describes the folder, as README, LICENSE"
        " and robots.txt do), 'node_modules' ('node_modules' is hidden, left by an editor, or a folder that"
        " holds no articles); write one such as hello.md, give a file that is one another name, or name"
        " another folder",
    ),
    (
        lambda root: [write(root / "x.md", article("x")), folder(root / "#recycle")],
        "#recycle/: warning: holds what was deleted, or what was before, and is not looked into; rename it to"
        " publish what is in it, or name it in articles.exclude to hear no more of it",
    ),
    (
        lambda root: [write(root / f"{name}.md", article(name, id="42")) for name in "ab"],
        "b.md: warning: has the same id as a.md and got another; write an 'id' of its own",
    ),
    (
        lambda root: [write(root / f"{name}.md", article(name, slug="x")) for name in "ab"],
        "b.md: warning: has the same slug as a.md and got a longer one; write a 'slug' of its own",
    ),
]


def write(path: Path, text: str = "") -> Path:
    path.write_text(text, encoding="utf-8")
    return path


def folder(path: Path) -> Path:
    path.mkdir(parents=True)
    return path


@pytest.mark.parametrize(("fill", "message"), FOLDERS, ids=[message for _, message in FOLDERS])
def test_what_is_wrong_with_a_folder(tmp_path: Path, fill: Callable[[Path], object], message: str) -> None:
    fill(tmp_path)

    assert told(tmp_path) == [message]


@pytest.mark.parametrize(
    "fill",
    [
        lambda root: [write(root / "README.md", "\xff"), write(root / "x.md", article("x"))],
        lambda root: (root / ".a.md").symlink_to("nowhere"),
        lambda root: (root / "a.pdf").symlink_to("nowhere"),
        lambda root: (root / "a").symlink_to(folder(root / "b")),
    ],
)
def test_what_is_no_article_is_not_spoken_of(tmp_path: Path, fill: Callable[[Path], object]) -> None:
    fill(tmp_path)

    assert told(tmp_path) == []


def test_a_message_keeps_its_beginning_and_its_end_however_long_the_value_is(tmp_path: Path) -> None:
    (tmp_path / "a.md").write_text(head(f"feeds: {'x' * 5000}"), encoding="utf-8")

    (message,) = told(tmp_path)

    assert message.startswith("a.md: warning: there is no feed 'xxx")
    assert message.endswith(
        "xxx'; name in 'feeds' one that there is ('all'), or write a [[feed]] of that name"
    )
    assert len(message) < 700


# Whatever else the road says


class Failing(Plain):
    """Has a fault, as a parser may have one yet unknown."""

    def path_metadata(self, path: str) -> PathMetadata:
        raise ArithmeticError(path)


def _failing_in_a_body(root: Path) -> list[str]:
    def fail(*_: object, **__: object) -> bytes:
        raise ArithmeticError

    write(root / "wave.png")
    plan = make_plan(root)
    contents = Contents(plan, read=fail)
    contents.begin(scan(root, plan.rules).media, {})
    contents(make_record(article=make_article(path="a.md", body="![](wave.png)")))
    return [str(problem) for problem in contents.end()]


def _of_a_template(body: str) -> Callable[[Path], list[str]]:
    def walk(root: Path) -> list[str]:
        contents = Contents(make_plan(root))
        contents.begin({}, {})
        contents(make_record(article=make_article(path="a.md", body=body, templating=Templating.LIQUID)))
        return [str(problem) for problem in contents.end()]

    return walk


def _of_a_checkout(root: Path) -> list[str]:
    write(root / "a.md", "Undated.")
    return told(root, git_dates=None, checked_out=True)


def _of_two_languages(root: Path) -> list[str]:
    write(root / "a.md", article())
    write(root / "a.ko.md", article())
    return told(root)


def _of_git(root: Path, *commands: str) -> list[str]:
    for command in commands:
        subprocess.run(["git", *command.split()], cwd=root, check=True, capture_output=True)
    write(root / "a.md", "Undated.")
    return told(root, git_dates=True)


def _of_a_shallow_clone(root: Path) -> list[str]:
    commit = "-c user.name=K -c user.email=k@example.org commit -q --allow-empty -m x"
    _of_git(root, "init -q", commit, commit, f"clone -q --depth 1 file://{root} clone")
    write(root / "clone" / "a.md", "Undated.")
    return told(root / "clone", git_dates=None)


def _dated_back(root: Path) -> list[str]:
    folder = Folder(root, Clock())
    for day in (3, 2, 1):
        folder.write(f"{day}.md", article(date=f"2026-04-0{day}"))
        notices = folder.refresh().notices if day != 2 else ()
    folder.store.close()
    return [str(notice) for notice in notices]


def _at_one_address(root: Path) -> list[str]:
    for name in "ab":
        write(root / f"{name}.md", article(name, permalink="/x/"))
    return told(root, site=make_site())


NO_GIT = (
    ".: warning: git gives no dates ({}), so undated articles have those of their files;"
    " {}, or set articles.git_dates = false"
)
NO_CLOCK = (
    "the clock says 1970-01-01, so nobody can tell which articles are due, and nothing is"
    " published; set it, or have it set from the network (NTP)"
)
ROAD: list[tuple[Callable[[Path], list[str]], str]] = [
    (
        _at_one_address,
        "b.md: warning: has the same address as a.md, where readers find only one of them;"
        " write a 'permalink' of its own",
    ),
    (
        _dated_back,
        "1.md: warning: is new, like 1 more that are new, and dated 2026-04-01T00:00:00+00:00, no later than"
        " 3.md (2026-04-03T00:00:00+00:00), so readers that go by dates will not see it; give it a later"
        " 'date' if they are to",
    ),
    (_of_git, NO_GIT.format("not a git repository (or any of the parent directories)", "mend that")),
    (
        _of_a_checkout,
        "a.md: warning: has no date and a build service has just checked these files out, so they pass for"
        " new; write a 'date', commit them, or set articles.git_dates = false if that is meant",
    ),
    (_of_a_shallow_clone, NO_GIT.format("this is a shallow clone", "fetch its whole history")),
    (
        _of_two_languages,
        ".: warning: 1 of 2 articles is not in the site's language (en), so only the feeds of their"
        ' languages hold them; set feeds.languages to "all", or to "default" if that is meant',
    ),
    (
        lambda root: told(write(root / "a.md", article()).parent, rules=ScanRules(dialect=Failing())),
        "a.md: error: cannot be understood; this is a fault of feedsvc, so report it with this file",
    ),
    (
        lambda root: told(
            write(root / "a.md", article(feeds="tea")).parent,
            named=(make_spec(folder="feeds/tea/", name="tea", where=Where(tags=("tea",))),),
        )[1:],
        "a.md: warning: is published and in no feed: the 'where' of the feed 'tea' wants something else;"
        " mend it, or the article",
    ),
    (
        _failing_in_a_body,
        "a.md: error: cannot be shown but for its title; this is a fault of feedsvc, so report it with this"
        " file",
    ),
    (
        _of_a_template("One.\n{% chart %}"),
        "a.md:2: warning: '{% chart %}' is no tag that is known here and is left out, the text it encloses"
        " stays; write Markdown or HTML",
    ),
    (
        _of_a_template("One.\n{{ page.mood }}"),
        "a.md:2: warning: the value of '{{ page.mood }}' is not known here, so nothing stands in its place;"
        " write it out",
    ),
]


@pytest.mark.parametrize(("walk", "message"), ROAD, ids=[message for _, message in ROAD])
def test_what_goes_wrong_on_the_road(tmp_path: Path, walk: Callable[[Path], list[str]], message: str) -> None:
    assert walk(tmp_path) == [message]


# The configuration: text of the file, or variables, and every fault in it

FILES: list[tuple[str | bytes, str]] = [
    (b"\xff", "is not UTF-8 text (byte 0xff at offset 0); save it as UTF-8"),
    ("[server]\nport = x", "is not TOML: Invalid value (at line 2, column 8); mend that line"),
    ("server = 3", "server: must be a table, written as [server]"),
    (
        '[[feed]]\nname = "tea"\nwhere = "tea"',
        'feed[1].where: must be a table, such as { tag = "News" }',
    ),
    ("[server]\nprot = 1", "server.prot: no such setting; did you mean 'server.port'?"),
    ("[x]\ny = 1", "x: no such setting; `feedsvc config` shows them all"),
]
SECRETS: list[tuple[str, str]] = [
    (
        "FEEDSVC_STORE__URL=mysql://x",
        "store.url: must be like sqlite:///FILE or postgresql+psycopg://USER:PASSWORD@HOST/NAME"
        " (from FEEDSVC_STORE__URL)",
    ),
    (
        "FEEDSVC_SERVER__ADMIN_TOKEN=short",
        "server.admin_token: must be at least 16 characters of ASCII, without blanks"
        " (from FEEDSVC_SERVER__ADMIN_TOKEN)",
    ),
    (
        "FEEDSVC_STORE__URL_FILE=/no/file",
        "FEEDSVC_STORE__URL_FILE: cannot read '/no/file' (No such file or directory);"
        " it must name a file that holds the value",
    ),
    (
        "FEEDSVC_STORE__URL_FILE=binary",
        "FEEDSVC_STORE__URL_FILE: cannot read 'binary' (not UTF-8 text);"
        " it must name a file that holds the value",
    ),
    (
        "FEEDSVC_LOG__LEVEL=info FEEDSVC_LOG__LEVEL_FILE=binary",
        "log.level: set twice, by FEEDSVC_LOG__LEVEL and by FEEDSVC_LOG__LEVEL_FILE; unset one",
    ),
]


def faults(path: Path | None, environ: Mapping[str, str]) -> tuple[str, ...]:
    with pytest.raises(ConfigError) as caught:
        load_config(path, environ=environ)
    return caught.value.faults


@pytest.mark.parametrize(("text", "fault"), FILES)
def test_what_is_wrong_with_a_configuration(tmp_path: Path, text: str | bytes, fault: str) -> None:
    file = tmp_path / "feedsvc.toml"
    file.write_bytes(text.encode() if isinstance(text, str) else text)

    assert faults(file, {}) == (fault,)


@pytest.mark.parametrize(("variables", "fault"), SECRETS)
def test_what_is_wrong_with_the_environment(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, variables: str, fault: str
) -> None:
    (tmp_path / "binary").write_bytes(b"\xff")
    monkeypatch.chdir(tmp_path)

    assert faults(None, dict(each.split("=", 1) for each in variables.split())) == (fault,)


# What ends a command


def _published(tmp: Path) -> Folder:
    """A folder with one article, published."""
    folder = Folder(tmp, Clock())
    folder.write("a.md", article())
    folder.refresh()
    folder.store.close()
    return folder


def _url(tmp: Path) -> str:
    return f"sqlite:///{tmp / 'catalogue.db'}"


def _with_schema(tmp: Path, version: str | None) -> None:
    open_store(_url(tmp)).close()
    _execute(tmp, f"UPDATE alembic_version SET version_num = '{version}'" if version else NO_VERSION)
    open_reader(_url(tmp))


NO_VERSION = "DROP TABLE alembic_version"


def _execute(tmp: Path, statement: str) -> None:
    with closing(sqlite3.connect(tmp / "catalogue.db")) as database, database:
        database.execute(statement)


def _of_another_publisher(tmp: Path) -> None:
    with hold_lease(_url(tmp), "feedsvc serve of /articles"), hold_lease(_url(tmp), "us"):
        pass


def _of_a_stranger(tmp: Path) -> None:
    with (tmp / "catalogue.db.lease").open("w") as stream:
        fcntl.flock(stream, fcntl.LOCK_EX)
        hold_lease(_url(tmp), "us").__enter__()


def _without_a_table(tmp: Path) -> None:
    with closing(open_store(_url(tmp))) as store:
        _execute(tmp, "DROP TABLE setting")
        store.generation()


def _publish(tmp: Path, *, over: int) -> None:
    with closing(open_store(_url(tmp))) as store:
        store.publish(Release(at=NOON), before=Catalogue(), after=Catalogue(), over=over)


def _vanish(tmp: Path) -> None:
    folder = Folder(tmp, Clock())
    files = [folder.write(f"{number}.md", article(str(number))) for number in range(20)]
    folder.refresh()
    for file in files:
        file.unlink()
    try:
        folder.refresh()
    finally:
        folder.store.close()


def _export(tmp: Path, out: str, *, losing: str = "") -> None:
    folder = _published(tmp)
    if losing:
        _execute(tmp, f"DELETE FROM {losing}")
    store = open_reader(_url(tmp))
    try:
        export(store, folder.root, tmp / out)
    finally:
        store.close()


def _export_onto(folder: Path) -> None:
    folder.mkdir()
    write(folder / "a.md")
    check_out(folder.parent, folder, ScanRules(dialect=Plain()))


def _export_among(folder: Path, out: str, *files: str) -> None:
    for file in files:
        (folder / file).parent.mkdir(parents=True, exist_ok=True)
        write(
            folder / file,
            "baseURL = 'https://example.org/'" if file.endswith(".toml") else "---\ntitle: A\n---\n",
        )
    check_out(folder.parent / "own", folder / out, ScanRules(dialect=Plain()))


def _export_over_a_damaged_manifest(tmp: Path) -> None:
    (tmp / "out").mkdir()
    write(tmp / "out" / ".feedsvc-manifest.json", "rubbish")
    _export(tmp, "out")


def _restore_nothing(tmp: Path) -> None:
    open_store(_url(tmp)).close()
    restore(_url(tmp), tmp / "catalogue.db", now=NOON)


def _look_up(root: Path, asked: str) -> None:
    folder(root / "b")
    for path in ("x.md", "b/x.md", "y.md"):
        write(root / path, article(path, permalink="/one/"))
    explain(make_plan(root, site=make_site()), Catalogue(), asked, cwd=root / "b", now=NOON)


def _crowded(tmp: Path) -> Workplace:
    """Files stand in the way of the folders for its state."""
    root = folder(tmp / "articles")
    write(root / ".feedsvc")
    write(tmp / "state")
    return Workplace(config=Config(), path=None, articles=root)


def _listen(tmp: Path, **settings: Any) -> None:
    web = WebSettings(url="http://localhost")
    serve(
        ServerSettings(web=web, **settings),
        open_reader=lambda: open_reader(_url(tmp)),
        on_ready=lambda: None,
        on_stop=lambda: None,
    )


def _listen_twice(tmp: Path, kind: socket.AddressFamily, address: Any) -> None:
    with socket.socket(kind) as taken:
        taken.bind(address)
        taken.listen()
        if kind == socket.AF_INET:
            _listen(tmp, port=taken.getsockname()[1])
        _listen(tmp, socket=Path(address))


RAISED: list[tuple[Callable[[Path], object], str]] = [
    # Where the articles are
    (
        lambda tmp: locate(Config(), None, cwd=tmp),
        "no articles folder:\n  - name it on the command line ('.' is this one), or set articles.directory in"
        " feedsvc.toml",
    ),
    (
        lambda tmp: load_config(tmp / "none.toml", environ={}),
        "{tmp}/none.toml:\n  - cannot be read (No such file or directory); name another with -c,"
        " or check its permissions",
    ),
    (
        lambda tmp: told(tmp / "none"),
        "{tmp}/none: cannot be listed (No such file or directory); check the path, its permissions"
        " and its mount",
    ),
    (
        lambda tmp: told(write(tmp / "a.md")),
        "{tmp}/a.md: is a file; name the folder it lies in",
    ),
    (
        _vanish,
        "20 of 20 articles have vanished at once; is a disk missing? The published feeds stay as they are."
        " If they were deleted on purpose, stop `feedsvc serve`, run"
        " FEEDSVC_ARTICLES__MAX_LOSS=1 feedsvc refresh once, and start it again",
    ),
    (lambda tmp: _look_up(tmp, "x.md"), "x.md: can mean x.md or b/x.md; give the whole path, from / on"),
    (
        lambda tmp: _look_up(tmp, "https://example.org/one"),
        "https://example.org/one: means b/x.md and x.md and y.md; name one of them",
    ),
    (lambda _tmp: moment_of(datetime.fromtimestamp(0, UTC), None), NO_CLOCK),
    # Where the state lies
    (
        lambda tmp: Workplace(config=Config(), path=None, articles=tmp / "none").store_url(),
        "{tmp}/none: there is no such folder",
    ),
    (
        lambda tmp: Workplace(config=Config(), path=None, articles=tmp / "none").state_folder(),
        "{tmp}/none: there is no such folder",
    ),
    (
        lambda tmp: _crowded(tmp).state_folder(),
        "no folder for the state can be written: tried {tmp}/articles/.feedsvc and"
        " {tmp}/state/feedsvc/{hash}; set server.admin_token",
    ),
    (
        lambda tmp: _crowded(tmp).store_url(),
        "no folder for the state can be written: tried {tmp}/articles/.feedsvc and"
        " {tmp}/state/feedsvc/{hash}; set store.url to a database elsewhere",
    ),
    (
        lambda tmp: open_store(tmp.name),
        "store.url:\n  - must read sqlite:///PATH or postgresql+psycopg://…",
    ),
    (
        lambda tmp: open_store(f"postgresql+psycopg2://{tmp.name}"),  # a driver that is not installed
        "store.url:\n  - PostgreSQL needs a driver; pip install 'feedsvc[postgres]'",
    ),
    (
        lambda tmp: open_reader(_url(tmp)),
        "{tmp}/catalogue.db: there is no catalogue yet; start `feedsvc serve` or `feedsvc refresh` first",
    ),
    (
        lambda tmp: open_store(_url(write(tmp / "catalogue.db").parent)),
        "{tmp}/catalogue.db: the file is empty. The catalogue is damaged. It holds the ids of your articles"
        " and is not made anew: restore a backup (`feedsvc restore FILE`),"
        " or move the file away to start over.",
    ),
    (
        lambda tmp: open_store(_url(write(tmp / "catalogue.db", "rubbish" * 1000).parent)),
        "{tmp}/catalogue.db: file is not a database. The catalogue is damaged. It holds the ids of your"
        " articles and is not made anew: restore a backup (`feedsvc restore FILE`),"
        " or move the file away to start over.",
    ),
    (
        lambda tmp: _with_schema(tmp, "9999"),
        "{tmp}/catalogue.db: was written by a newer feedsvc (schema 9999, this one knows {head}); install"
        " that version again, or `feedsvc restore` a backup from before the upgrade",
    ),
    (
        lambda tmp: _with_schema(tmp, "first"),
        "{tmp}/catalogue.db: its schema is first, which no feedsvc has written. Restore a backup"
        " (`feedsvc restore FILE`)",
    ),
    (
        lambda tmp: _with_schema(tmp, "0001"),
        "{tmp}/catalogue.db: needs a migration; start `feedsvc serve` or `feedsvc refresh`",
    ),
    (
        lambda tmp: _with_schema(tmp, None),
        "{tmp}/catalogue.db: there is no catalogue yet; nothing was published",
    ),
    (
        lambda tmp: open_store(f"sqlite:///{tmp}/none/catalogue.db"),
        "{tmp}/none/catalogue.db: cannot be created (No such file or directory); is its folder writable?",
    ),
    (
        _of_another_publisher,
        "feedsvc serve of /articles (process {process}) is already publishing from {tmp}",
    ),
    (_of_a_stranger, "another feedsvc is already publishing from {tmp}"),
    (
        _without_a_table,
        "{tmp}/catalogue.db: no such table: setting. The catalogue is damaged. It holds the ids of your"
        " articles and is not made anew: restore a backup (`feedsvc restore FILE`),"
        " or move the file away to start over.",
    ),
    (
        lambda tmp: _publish(tmp, over=7),
        "{tmp}/catalogue.db: the catalogue was replaced during a refresh; the next one goes on",
    ),
    (
        lambda tmp: hold_lease(f"sqlite:///{tmp}/none/catalogue.db", "us").__enter__(),
        "{tmp}/none/catalogue.db.lease: cannot be written (No such file or directory); is its folder"
        " writable?",
    ),
    (
        lambda tmp: admin_token(tmp / "none"),
        "{tmp}/none/admin-token: cannot be written (No such file or directory); make its folder writable,"
        " or set server.admin_token",
    ),
    (
        lambda tmp: admin_token(write(tmp / "admin-token", "short").parent),
        "{tmp}/admin-token: holds no token, which has at least 16 characters of ASCII and no blanks;"
        " remove it and start again, or set server.admin_token",
    ),
    (
        lambda tmp: admin_token(folder(tmp / "admin-token").parent),
        "{tmp}/admin-token: cannot be read (Is a directory); let this user read it, or remove it and start"
        " again, or set server.admin_token",
    ),
    # Backup and export
    (
        lambda tmp: backup(_url(tmp), write(tmp / "notes.txt", "My notes")),
        "{tmp}/notes.txt: is there already and is no backup; choose another name",
    ),
    (
        lambda tmp: backup(_url(tmp), tmp / "none" / "backup.db"),
        "{tmp}/none/backup.db: there is no folder {tmp}/none; make it first",
    ),
    (
        lambda tmp: restore(_url(tmp), tmp / "none.db", now=NOON),
        "{tmp}/none.db: there is no such file; name one that `feedsvc backup` has written",
    ),
    (
        lambda tmp: restore(_url(tmp), write(tmp / "a.md"), now=NOON),
        "{tmp}/a.md: is no backup of feedsvc; name a file that `feedsvc backup` has written",
    ),
    (
        _restore_nothing,
        "{tmp}/catalogue.db: holds no articles; take another backup",
    ),
    (lambda tmp: _export(write(tmp / "out").parent, "out"), "{tmp}/out: is a file; --out needs a folder"),
    (
        lambda tmp: _export(tmp, "articles"),
        "{tmp}/articles: is the folder of articles itself; choose another for --out",
    ),
    (
        lambda tmp: _export(tmp, "."),
        "{tmp}: the folder of articles lies in it; choose another for --out, such as public",
    ),
    (
        lambda tmp: _export_onto(tmp / "blog"),
        "{tmp}/blog: articles lie in it, such as 'blog/a.md', and would leave the feeds; choose another"
        " folder for --out, or, if they are none, name this one in articles.exclude",
    ),
    (
        lambda tmp: _export_among(tmp / "blog", "sub", "sub/a.txt"),
        "{tmp}/blog/sub: somebody's articles lie in it, such as 'a.txt', and would leave their feeds; choose"
        " another folder for --out, such as an empty one",
    ),
    (
        lambda tmp: _export_among(tmp / "b", "content", "hugo.toml", "content/post/a.md"),
        "{tmp}/b/content: articles of the hugo site {tmp}/b lie in it, such as 'content/post/a.md', and would"
        " leave its feeds; choose another folder for --out, such as public",
    ),
    (
        lambda tmp: _export_among(tmp / "b", "content/feeds", "hugo.toml", "content/post/a.md"),
        "{tmp}/b/content/feeds: lies among the articles of the hugo site {tmp}/b, which would make pages of"
        " our files; choose another folder for --out, such as public",
    ),
    (
        lambda tmp: _export(write(tmp / "file").parent, "file/out"),
        "{tmp}/file/out: cannot be written (Not a directory); the next export goes on from here",
    ),
    (
        _export_over_a_damaged_manifest,
        "{tmp}/out/.feedsvc-manifest.json: is damaged, so we cannot tell which files are ours; export with"
        " --clean, which takes over what equals our files, or empty {tmp}/out",
    ),
    (
        lambda tmp: _export(tmp, "out", losing="body"),
        "a newer snapshot was published meanwhile; run the export again",
    ),
    # A first configuration
    (
        lambda tmp: cli.main(["init", str(tmp / "none")], standalone_mode=False),
        "{tmp}/none: is no folder; name the one that the articles lie in",
    ),
    (
        lambda tmp: cli.main(["init", str(write(tmp / "feedsvc.toml").parent)], standalone_mode=False),
        "{tmp}/feedsvc.toml: is there already; edit that one, or move it away first",
    ),
    # Where the server listens
    (
        lambda tmp: _listen_twice(tmp, socket.AF_INET, ("127.0.0.1", 0)),
        "port {port} on 127.0.0.1 is already in use; choose another with --port",
    ),
    (
        lambda tmp: _listen(tmp, host="192.0.2.1"),
        "cannot listen on 192.0.2.1, port 8000: Cannot assign requested address",
    ),
    (
        lambda tmp: _listen(tmp, socket=tmp / "none" / "socket"),
        "cannot listen at {tmp}/none/socket: there is no folder {tmp}/none",
    ),
    (
        lambda tmp: _listen(tmp, socket=write(tmp / "a.md")),
        "cannot listen at {tmp}/a.md: it is a file, not a socket",
    ),
    (
        lambda tmp: _listen_twice(tmp, socket.AF_UNIX, str(tmp / "socket")),
        "cannot listen at {tmp}/socket: another server does",
    ),
    (
        lambda tmp: _listen(tmp, port=0, tls_cert=tmp / "none.pem", tls_key=tmp / "none.pem"),
        "cannot use the certificate {tmp}/none.pem: [Errno 2] No such file or directory",
    ),
]


@pytest.mark.parametrize(("go_wrong", "message"), RAISED, ids=[message for _, message in RAISED])
def test_what_ends_a_command(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, go_wrong: Callable[[Path], object], message: str
) -> None:
    monkeypatch.setenv("XDG_STATE_HOME", str(tmp_path / "state"))

    with pytest.raises(FeedsvcError) as caught:
        go_wrong(tmp_path)

    expected = re.escape(message.replace("{tmp}", str(tmp_path)).replace("{head}", HEAD))
    assert re.fullmatch(re.sub(r"\\{(?:hash|process|port)\\}", r"\\w+", expected), str(caught.value))


# Nothing is said that stands in none of these tables

ROWS = "\n".join(
    [
        *(message for _, message in (*ARTICLES, *FOLDERS, *ROAD, *FILES, *SECRETS, *RAISED)),
        *(sentence for *_, sentence in VALUES),
    ]
)

# Where words for people are made, besides `raise`.
CALLS = frozenset("Problem Note warning add append HeadError _skipped _note demand must".split())
NAMES = frozenset("reason message hint note".split())

# Provoked elsewhere: in need of a whole process, or of one without root's powers.
ELSEWHERE = {
    "cannot be understood, as": "test_time_limit.py",
    "cannot be shown as it is now, as": "test_time_limit.py",
    "simplify its markup, or split it": "test_time_limit.py",
    "it takes more than": "test_time_limit.py",
    "the expression or glob in": "test_site_expressions.py",
    "takes too long, so the setting's default counts": "test_site_expressions.py",
    "write it without repetitions side by side or within each other": "test_site_expressions.py",
    "template tags put in more than": "test_bounds.py",
    "characters up to here, so the others are left out": "test_bounds.py",
    "write less with them": "test_bounds.py",
    "with its template tags resolved,": "test_bounds.py",
    "footnotes and references to them": "test_bounds.py",
    "different indentations": "test_bounds.py",
    "letters in long words": "test_bounds.py",
    "part them by blanks": "test_bounds.py",
    "indent its lines alike": "test_bounds.py",
    "a key has too many parts": "test_bounds.py",
    "is empty; put the recording there": "test_recordings.py",
    "holds no recording, whatever its name says; replace it": "test_recordings.py",
    "whatever its name says; give it the suffix of that": "test_recordings.py",
    "has the recording": "test_recordings.py",
    "too, so players of podcasts show it twice; take it out of one of them": "test_recordings.py",
    "changed while it was read": "test_settling.py",
    "while it was read, so it stays as it was; it is read once it has come to rest": ("test_settling.py"),
    "changes all the time and stays as it was; it is read once it has not changed for 0.25 seconds": (
        "test_settling.py"
    ),
    "feeds at": "test_named_feeds.py",
    "are configured no more, and their readers get 404; put them back, name": "test_named_feeds.py",
    "in feeds.retired, or say in a [[redirect]] where they are now": "test_named_feeds.py",
    "holds no picture, whatever its name says; replace it": "test_bad_input.py",
    "is no time; write 12h, 30d, 4w, or a date such as 2026-11-01": "test_stats.py",
    "nothing was published yet, so nobody can have read it; start `feedsvc serve`": "test_stats.py",
    "tls_cert and tls_key go together; set both, or neither": "test_listening.py",
    "the path of a Unix socket": "refused_values.py",
    "the path of a file": "refused_values.py",
    "must be a list of IP addresses or networks such as 10.0.0.0/8": "refused_values.py",
    "a list of IP addresses": "refused_values.py",
    "a query has at most": "test_query_feeds.py",
    "characters; ask for less": "test_query_feeds.py",
    "a query names at most": "test_query_feeds.py",
    "terms; ask for fewer": "test_query_feeds.py",
    "q has at most": "test_query_feeds.py",
    "characters; ask for fewer words": "test_query_feeds.py",
    "limit is a whole number from 1 to": "test_query_feeds.py",
    "there is no private feed": "test_private.py",
    "write [[feed]] with private = true": "test_private.py",
    "nobody has an address as": "test_private.py",
    "`feedsvc token list` shows who does": "test_private.py",
    "has several addresses; name one by its number": "test_private.py",
    "is no valid Atom": "test_validate.py",
    "is no JSON": "test_validate.py",
    "has no channel": "test_validate.py",
    "is not well-formed": "test_validate.py",
    "has an item without guid": "test_validate.py",
    "and is left out of them": "test_validate.py",
    "with this file": "test_validate.py",
    "so what was published there stays": "test_validate.py",
    "cannot stand in feeds": "test_validate.py",
    "this is a fault of feedsvc, so report it": "test_validate.py",
    "is redirected, but there is a document, which is served; delete the [[redirect]]": "test_life.py",
    "it leads in a circle": "test_claimed_addresses.py",
    "it is led on more than": "test_claimed_addresses.py",
    "must be a path below server.url, such as old/rss.xml or ?feed=rss2": "test_life.py",
    "must be a path below server.url, or an address such as https://example.org/x": "test_life.py",
    "must end before '#': readers do not send what follows; write %23 for the sign": "test_life.py",
    "a query is UTF-8, percent-encoded, such as q=%C3%A9 for é; write its letters so": "test_query_feeds.py",
    "must lead to somewhere else": "test_life.py",
    "must name folders below server.url, such as tags/old": "test_life.py",
    "a list of folders": "test_life.py",
    "text or a list of texts": "test_named_feeds.py",
    "is an address of its own; choose another name": "test_named_feeds.py",
    "must be a name for an address, such as": "test_named_feeds.py",
    'days, such as "30d"': "test_named_feeds.py",
    "mend its 'where' if there should be": "test_named_feeds.py",
    "no article is in the feed": "test_named_feeds.py",
    "its content has": "test_named_feeds.py",
    "entries are left out of": "test_named_feeds.py",
    "two feeds have the name": "test_named_feeds.py",
    "rename one": "test_named_feeds.py",
    "any of image, audio, video": "test_named_feeds.py",
    "there is no feed": "test_named_feeds.py",
    "name in 'feeds' one that there is": "test_named_feeds.py",
    "or write a [[feed]] of that name": "test_named_feeds.py",
    "so its entries carry the excerpt only; split it": "test_named_feeds.py",
    "because their contents have more than feeds.bytes": "test_named_feeds.py",
    "together; raise it, or set feeds.content to excerpt": "test_named_feeds.py",
    "{ key = text, list or true }": "test_named_feeds.py",
    "a path below server.url": "test_named_feeds.py",
    "no feed": "test_delta.py",
    "has here for": "test_site_settings.py",
    "cannot be read, or is larger than 1 MB, so the site is understood without it; check its permissions": (
        "test_site_settings.py"
    ),
    "and does not count; mend it, or set": "test_site_settings.py",
    "nothing has been published yet, so there is nothing to back up": "test_backup.py",
    "cannot be written; is its disk read-only, or does it belong to another user?": "test_state.py",
    "must give every author a name": "test_config.py",
    "must give an author's email as name@example.org": "test_config.py",
    "must give an author's uri as https://example.org/": "test_config.py",
    "cannot be published": "test_fault_isolation.py",
    "cannot be published beside": "test_fault_isolation.py",
    "which cannot be right; set it, or have it set from the network (NTP": "test_clocks.py",
    "and does not count; mend it": "test_misfits.py",
    "which stands for nothing, so the default counts; mend it": "test_misfits.py",
    "pathPrefix' must be text that is written out, and does not count;"
    " mend it, or set site.url": "test_misfits.py",
    "so the site is read without it; mend it": "test_hugo.py",
    "makes permalinks by JavaScript, which is not run, so its articles are linked to pages of feedsvc; "
    "say the pattern in articles.permalink": "test_eleventy.py",
    "is no TOML": "test_hugo.py",
    "is damaged; take another backup": "test_backup.py",
    "take another backup": "test_backup.py",
    "is the catalogue itself; choose another name": "test_backup.py",
    "its pages contradict each other": "test_restore.py",
    "bytes stand behind its last page": "test_restore.py",
    "its bytes are not those that its checksum was made of": "test_restore.py",
    "damaged names of tables": "test_restore.py",
    "check both disks": "test_restore.py",
    "ask who runs the database": "test_engine.py",
    "the published feeds stay as they are": "test_engine.py",
    "is of type": "test_restore.py",
    "is too large": "test_restore.py",
    "its bytes are others than they were": "test_restore.py",
    "is missing": "test_restore.py",
    "cannot be looked for": "test_state.py",
    "check it, or run as the user it belongs to": "test_state.py",
    "run as the user it belongs to": "test_state.py",
    "stop that one first, or set store.url to another database if these are other articles": (
        "test_sharing.py"
    ),
    "in which folder of articles? Name it behind this, or go there": "test_explain.py",
    "`feedsvc list` shows what there is": "test_explain.py",
    "feeds.bytes": "test_explain.py",
    "is reached before it": "test_explain.py",
    "older than the newest": "test_explain.py",
    "is no list of 'key: value', so nothing in it is read; mend it": "test_hexo.py",
    "permalink in _config.yml wants": "test_hexo.py",
    "which the article has not; write it there": "test_hexo.py",
    "and the article has no date; write one": "test_hexo.py",
    "is no format of Python's": "test_pelican.py",
    "wants '{": "test_pelican.py",
    "}', which the article has not; write it there": "test_pelican.py",
    "has to be worked out, and settings are never run, so its default counts": "test_pelican.py",
    "write the value itself, or set its like in feedsvc.toml": "test_pelican.py",
    "is no Python that can be read": "test_pelican.py",
    "so no setting in it counts; mend this line": "test_pelican.py",
    "it does not have any commits yet": "test_git.py",
    "this is a partial clone, and its history lies elsewhere": "test_hostile_repositories.py",
    "leads to no repository": "test_hostile_repositories.py",
    "names no repository": "test_hostile_repositories.py",
    "is not a regular file": "test_hostile_repositories.py",
    "is not known": "test_hostile_repositories.py",
    "its history has too many files": "test_git.py",
    "its history has a file name without end": "test_git.py",
    "another file has taken the place of the catalogue; stop feedsvc, put the catalogue back"
    " or restore a backup (`feedsvc restore FILE`), and start again": "test_sqlite_file.py",
    "the catalogue was moved away or deleted; put it back,"
    " or stop feedsvc and restore a backup (`feedsvc restore FILE`)": "test_sqlite_file.py",
    "must hold no backslash": "test_config.py",
    "the server has not answered for": "test_standstill.py",
    "server.socket_group: there is no group": "test_server.py",
    "name one that the proxy is in": "test_server.py",
    "seconds; see whether it still runs": "test_standstill.py",
    "the store has not answered within": "test_standstill.py",
}

# Not to be had at will: what a disk, a program or a moment would have to do first.
OUT_OF_REACH = frozenset(
    {
        "cannot be read",  # root may read everything
        "check its permissions and its disk",
        "cannot be opened",
        ", so its articles stay as they were; check its permissions and its mount".strip(", "),
        "cannot be locked",  # a network share without locks
        "cannot be copied to",  # a full disk
        "check both and their disks",
        "cannot be exchanged",
        "put the state on a local disk",
        "another publisher has written meanwhile; the next refresh goes on",
        "but has not refreshed within",  # five minutes
        "is no picture, sound or film any more; run the export again",  # replaced while it is copied
        "not a regular file",  # likewise, by a FIFO
        "the web workers ended by themselves; the log says why",
        "server.socket_group: this user is not in the group",  # root may give files to any
        "add it to that group, in a unit of systemd by SupplementaryGroups=",
        "server.socket_group: Windows has no groups of files; leave it out",
        "git cannot be run",
        "git did not answer in time",
        "git failed",
        "its repository cannot be read",
    }
)

# Said to nobody: our own faults, and what another sentence stands for in the end.
UNSAID = frozenset(
    {
        "no address of the web",  # of `cannot probe`, in the log
        "redirected too often",
        "is not public",
        "the time is over",
        "updated lies before published",
        "an article without an id cannot be an entry",
        "the body",
        "is no longer kept",
        "not a number",
        "a key must be plain",
        "too many values",
    }
)


def _said(tree: ast.AST) -> Iterator[ast.AST]:
    for node in ast.walk(tree):
        match node:
            case ast.Raise(exc=ast.Call()):
                yield node
            case ast.Call(func=ast.Attribute(value=ast.Name(id="log"))):
                pass  # tests/house/test_docs.py has an eye on these
            case ast.Call(func=ast.Name(id=name) | ast.Attribute(attr=name)) if name in CALLS:
                yield node
            case ast.Assign(targets=[ast.Name(id=name)], value=value) if name in NAMES:
                yield value


def _words() -> Iterator[tuple[str, str]]:
    for path in sorted(PACKAGE.rglob("*.py")):
        for part in _said(ast.parse(path.read_text(encoding="utf-8"))):
            for node in ast.walk(part):
                match node:
                    case ast.Constant(value=str(text)) if len(text.split()) > 1:
                        yield path.relative_to(PACKAGE).as_posix(), text.strip(" :;,.(')")


@pytest.mark.parametrize(("module", "words"), sorted(set(_words())))
def test_every_message_is_in_a_table(module: str, words: str) -> None:
    """Who writes a new one adds a row that provokes it, and reads it aloud."""
    if words in ELSEWHERE:
        text = next(TESTS.rglob(ELSEWHERE[words])).read_text(encoding="utf-8")
        assert words[:28] in text.replace('\\"', '"')
    else:
        assert words in ROWS or words in OUT_OF_REACH | UNSAID, module
