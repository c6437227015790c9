"""Hugo sites: which pages are articles, and where these stand, by its source and by what it makes."""

import json
import pickle
import shutil
import subprocess
from datetime import UTC, datetime
from pathlib import Path
from typing import Any
from urllib.parse import unquote
from xml.etree import ElementTree

import pytest

from feedsvc.articles.dialects import Dialect, SiteFiles
from feedsvc.articles.dialects.hugo import HUGO
from feedsvc.articles.dialects.hugo.paths import expanded, sanitized
from feedsvc.articles.disk.sites import open_site
from feedsvc.model import Severity, Templating
from tests.support.judged import SITES, Understood, found, truth, understood

# Of both, Hugo 0.152.2 made the same, but that a publishDate of their own is the pubDate of its feeds.
NAMES = ("hugo", "hugo-folders")

# Pages without a date are as old as their files; here, all of them as old as this.
UNDATED = datetime(2024, 7, 1, tzinfo=UTC).timestamp()

# Of the first site: what Hugo builds not, or lists not, or what nobody would call an article.
KEPT_BACK = {
    "content/about.md": "page",
    "content/news/2024/old-name.md": "redirect",
    "content/news/2024/quiet.md": "unrendered",
    "content/news/2024/unlisted.md": "unlisted",
    "content/posts/draft.md": "draft",
    "content/quotes/index.md": "headless",
}

# A date that lies ahead of its publishDate: that of a fair, say.
ANNOUNCED = {"content/posts/announced.md": "2024-05-03T09:00:00+09:00"}

CASES = [(name, path) for name in NAMES for path in truth(name)["articles"] if path not in KEPT_BACK]

# What Hugo is given to tell of each page what it made of it.
_LISTING = """
{{- $made := slice -}}
{{- range site.RegularPages -}}
{{- $made = $made | append (dict "file" .File.Filename "url" .Permalink "title" .Title
  "date" (.Date.Format "2006-01-02T15:04:05Z07:00") "language" .Language.Lang
  "categories" .Params.categories "tags" .Params.tags "authors" .Params.authors) -}}
{{- end -}}
{{ $made | jsonify }}"""


def hugo(config: str = "", *, name: str = "hugo.toml", prefix: str = "", **texts: str) -> Dialect:
    """Open a site below https://ex.org whose `hugo.toml` says *config* too."""
    texts |= {name: f'baseURL = "https://ex.org/"\n{config}'} if name == "hugo.toml" else {name: config}
    return HUGO.open(SiteFiles(prefix=prefix, names=frozenset({name, "content/"}), texts=texts))


def read(path: str, *front: str, dialect: Dialect | None = None) -> Understood:
    """Read a page of *front*, below the articles folder."""
    head = "\n".join(front if any(line.startswith("title:") for line in front) else ("title: Hello", *front))
    return understood(dialect or hugo(), path, f"---\n{head}\n---\nBody.\n".encode())


def address(path: str, *front: str, config: str = "", **texts: str) -> str:
    """Return the address below https://ex.org of a page below ``content/``, as people read it."""
    dated = front if any(line.startswith("date:") for line in front) else ("date: 2024-05-06", *front)
    made = read(f"content/{path}", *dated, dialect=hugo(config, **texts))
    assert not made.ours
    return unquote(made.url.removeprefix("https://ex.org"))


@pytest.mark.parametrize(("config", "waits"), [("", True), ("buildFuture = true", False)])
def test_a_site_may_show_what_lies_ahead(config: str, waits: bool) -> None:
    front = "date: 2031-05-06", "publishDate: 2031-05-01"

    article = read("content/posts/a.md", *front, dialect=hugo(config)).article

    assert article.dates.published is not None
    assert article.dates.appears is not None
    assert (article.dates.appears == article.dates.published) is waits


def hidden(path: str, *front: str, config: str = "") -> str | None:
    return read(f"content/{path}", *front, dialect=hugo(config)).article.hidden


@pytest.mark.parametrize(("name", "path"), CASES)
def test_an_article_is_what_hugo_made_of_it(name: str, path: str) -> None:
    expected = truth(name)["articles"][path]

    made = dict(found(open_site(SITES / name), SITES / name))[path]

    assert made.url == expected["url"]
    assert made.id == (expected["guid"] or expected["url"])
    assert made.article.title == expected["title"]
    assert made.moment == datetime.fromisoformat(ANNOUNCED.get(path, expected["date"]))
    assert made.article.language == expected["language"]
    assert list(made.article.categories) == expected["categories"]
    assert set(expected["tags"]) <= set(made.article.tags)
    assert [author.name for author in made.article.authors] == expected["authors"]
    assert made.article.hidden is None


@pytest.mark.parametrize("name", NAMES)
def test_what_is_kept_back_has_its_reason(name: str) -> None:
    made = found(open_site(SITES / name), SITES / name)

    reasons = {path: each.article.hidden for path, each in made if each.article.hidden}
    assert reasons == (KEPT_BACK if name == "hugo" else {})


@pytest.mark.parametrize("folder", ["", "content", "content/posts"])
def test_the_articles_folder_may_be_the_site_its_content_or_a_section(folder: str) -> None:
    whole = {
        path.removeprefix("content/"): truth(name)["articles"][path]["url"]
        for name, path in CASES
        if name == "hugo"
    }
    root = SITES / "hugo" / folder

    made = found(open_site(root), root)

    below = folder.removeprefix("content").strip("/")
    shown = {
        f"{folder}/{path}".removeprefix("/").removeprefix("content/"): each.url
        for path, each in made
        if each.article.hidden is None
    }
    wanted = {path: url for path, url in whole.items() if path.startswith(below)}
    assert {path: shown[path] for path in wanted} == wanted


@pytest.mark.parametrize("name", NAMES)
def test_the_truth_is_what_hugo_makes(name: str, tmp_path: Path, update_golden: bool) -> None:
    """The record may not drift from the sites that it was made of."""
    installed = shutil.which("hugo")
    made = {"version": _version(installed), "articles": _built(name, tmp_path)} if installed else {}
    if not installed or (made["version"] != truth(name)["version"] and not update_golden):
        pytest.skip("needs the Hugo of the record")
    record = SITES / f"{name}.truth.json"

    if update_golden:
        record.write_text(json.dumps(made, ensure_ascii=False, indent=1) + "\n", encoding="utf-8")

    assert made == truth(name)


def _version(installed: str) -> str:
    said = subprocess.run([installed, "version"], capture_output=True, text=True, check=True).stdout
    return said.split()[1].partition("+")[0].partition("-")[0].removeprefix("v")


def _built(name: str, tmp_path: Path) -> dict[str, dict[str, Any]]:
    """Return what Hugo makes of a copy of the site, of all that is an article to us too."""
    root = shutil.copytree(SITES / name, tmp_path / "site")
    layouts = {
        "_default/single.html": "{{ .Content }}",
        "_default/list.html": "{{ .Content }}",
        "shortcodes/note.html": "{{ .Inner }}",
        "index.json": _LISTING,
    }
    for path, text in layouts.items():
        file = root / "layouts" / path
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(text, encoding="utf-8")
    outputs = root / "config" / "_default" / "outputs.toml"
    outputs.parent.mkdir(parents=True, exist_ok=True)
    outputs.write_text('home = ["html", "rss", "json"]\n', encoding="utf-8")
    subprocess.run(["hugo", "--clock", "2024-12-01T12:00:00Z"], cwd=root, check=True, capture_output=True)
    guids = {
        item.findtext("link"): item.findtext("guid")
        for feed in (root / "public").rglob("*.xml")
        if feed.name in ("index.xml", "feed.xml")
        for item in ElementTree.parse(feed).getroot().iterfind("channel/item")
    }
    pages = [page for file in (root / "public").rglob("index.json") for page in json.loads(file.read_text())]
    return {
        Path(page["file"]).relative_to(root.resolve()).as_posix(): _recorded(page, guids)
        for page in sorted(pages, key=lambda page: str(page["file"]))
    }


def _recorded(page: dict[str, Any], guids: dict[str | None, str | None]) -> dict[str, Any]:
    def listed(value: str | list[str] | None) -> list[str]:
        return [value] if isinstance(value, str) else value or []

    return {
        "url": page["url"],
        "guid": guids.get(page["url"]),
        "title": page["title"],
        "date": page["date"].replace("Z", "+00:00"),
        "language": page["language"],
        "categories": listed(page["categories"]),
        "tags": listed(page["tags"]),
        "authors": listed(page["authors"]),
    }


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        # helpers/path.go, `UnicodeSanitize`
        ("First light: a walk before six!", "first-light-a-walk-before-six"),
        ("a  b -- c – d", "a-b--c-d"),
        ("v1.2_(beta) ~ C# + F", "v1.2_beta-~-c#-+-f"),
        ("어제, 오늘 그리고 내일", "어제-오늘-그리고-내일"),
        ("日本語、テスト。", "日本語テスト"),
        (" - lead -", "-lead-"),
        ("50%% of 100%25", "50-of-100%25"),
        ("½ ² ① of Ⅳ", "of"),
        ('R&amp;D "x"', "rampd-x"),
        ("İZMİR ΟΔΟΣ", "izmir-οδοσ"),
        ("me@home", "me@home"),
        ("🦀", ""),
    ],
)
def test_a_name_becomes_a_segment_as_hugo_makes_it(text: str, expected: str) -> None:
    assert sanitized(text) == expected


def test_accents_and_capitals_go_or_stay_as_configured() -> None:
    assert sanitized("Été ñandú 한글", accents=False) == "ete-nandu-한글"
    assert sanitized("My File", lower=False) == "My-File"


@pytest.mark.parametrize(
    ("pattern", "expected"),
    [
        # resources/page/permalinks.go
        ("/:year/:month/:day/:slug/", "/2024/03/09/s/"),
        ("/:monthname/:weekday/:weekdayname/:yearday", "/March/6/Saturday/69"),
        ("/:2006-:01/:Jan/:2", "/2024-03/Mar/9"),
        ("/:sections/:sections[1:]/:sections[last]/:sections[0]/:sections[:1]/", "/a/b/c/b/c/c/a/a/"),
        ("/:sections[7]/:sections[2:9]/", "//c/"),
        (r"/at\:x/:nothing", "/at:x/:nothing"),
        ("/c++/", "/c  /"),
    ],
)
def test_a_pattern_is_filled_as_hugo_fills_it(pattern: str, expected: str) -> None:
    names: dict[str, str | list[str]] = {"slug": "s", "sections": ["a", "b", "c"]}

    assert expanded(pattern, names, datetime(2024, 3, 9)) == expected  # noqa: DTZ001


@pytest.mark.parametrize(
    ("path", "front", "config", "expected"),
    [
        # without a pattern: folders and the file's name
        ("posts/Hello World.md", (), "", "/posts/hello-world/"),
        ("posts/a, b & c (d).md", (), "", "/posts/a-b--c-d/"),
        ("posts/C++ notes.md", (), "", "/posts/c++-notes/"),
        ("posts/x.md", ("slug: -My Slug-",), "", "/posts/my-slug/"),
        ("posts/x.md", ("slug: ''",), "", "/posts/x/"),
        ("Über uns.md", (), "", "/über-uns/"),
        ("posts/Trip/index.md", (), "", "/posts/trip/"),
        ("posts/2024-05-06-x.md", (), "", "/posts/2024-05-06-x/"),
        ("posts/My File.md", (), "disablePathToLower = true", "/posts/My-File/"),
        ("posts/Crème.md", (), "removePathAccents = true", "/posts/creme/"),
        # with one
        ("posts/x.md", ("title: C++ notes",), '[permalinks]\nposts = "/:title/"', "/c-notes/"),
        ("posts/x.md", ("title: AC/DC",), '[permalinks]\nposts = "/:title"', "/ac/dc/"),
        ("posts/x.md", ("title: R&amp;D",), '[permalinks]\nposts = "/:title"', "/rampd/"),
        ("posts/A B.md", (), '[permalinks]\nposts = "/:filename/"', "/a-b/"),
        ("posts/A B/index.md", (), '[permalinks]\nposts = "/:contentbasename/"', "/a-b/"),
        ("posts/x.md", ("slug: s",), '[permalinks]\nposts = "/:slugorfilename/"', "/s/"),
        ("posts/x.md", (), '[permalinks]\nposts = "/:slugorcontentbasename/"', "/x/"),
        ("posts/x.md", (), '[permalinks.page]\nposts = "/p/:slug/"', "/p/hello/"),
        ("posts/x.md", (), '[permalinks.section]\nposts = "/p/:slug/"', "/posts/x/"),
        ("Posts/In/x.md", (), '[permalinks]\nposts = "/:section/:filename/"', "/posts/x/"),
        ("posts/in/x.md", (), '[permalinks]\nposts = "/a/:slug/"\n"posts/in" = "/b/:slug/"', "/b/hello/"),
        ("x.md", (), '[permalinks]\n"/" = "/top/:slug/"', "/top/hello/"),
        ("posts/x.md", (), '[permalinks]\n"/" = "/top/:slug/"', "/posts/x/"),
        (
            "posts/x.md",
            (),
            '[[permalinks]]\npattern = "/r/:slug/"\ntarget = {path = "/posts/**"}',
            "/r/hello/",
        ),
        # the date as it was written
        (
            "posts/x.md",
            ("date: 2024-05-01T23:30:00-05:00",),
            'timeZone = "Asia/Seoul"\n[permalinks]\nposts = "/:year/:month/:day/:slug/"',
            "/2024/05/01/hello/",
        ),
        # url
        ("posts/x.md", ("url: /Some/Where Else/",), '[permalinks]\nposts = "/:title/"', "/Some/Where Else/"),
        ("posts/x.md", ("url: /a/b",), "", "/a/b/"),
        ("posts/x.md", ("url: /a/b.html",), "", "/a/b.html"),
        ("posts/x.md", ("url: /a/index.html",), "", "/a/"),
        ("posts/x.md", ("url: /:year/:slug/",), "", "/2024/hello/"),
        ("posts/x.md", ("url: ../../../x/",), "", "/x/"),
        # languages
        ("posts/x.ko.md", (), "[languages.en]\n[languages.ko]", "/ko/posts/x/"),
        ("posts/x.fr.md", (), "[languages.en]\n[languages.ko]", "/posts/x.fr/"),
        ("posts/x.ko.md", ("url: /abs/",), "[languages.en]\n[languages.ko]", "/abs/"),
        ("posts/x.ko.md", ("url: rel/",), "[languages.en]\n[languages.ko]", "/ko/rel/"),
        ("posts/t/index.ko.md", (), "[languages.en]\n[languages.ko]", "/ko/posts/t/"),
        ("x.md", (), "defaultContentLanguageInSubdir = true", "/en/x/"),
        ("x.ko.md", (), 'defaultContentLanguage = "ko"\n[languages.en]\n[languages.ko]', "/x/"),
        (
            "posts/x.ko.md",
            (),
            '[permalinks]\nposts = "/e/:slug/"\n[languages.ko.permalinks]\nposts = "/k/:slug/"',
            "/ko/k/hello/",
        ),
        # ugly ones
        ("posts/x.md", (), "uglyURLs = true", "/posts/x.html"),
        ("posts/x/index.md", (), "uglyURLs = true", "/posts/x.html"),
        ("posts/x.md", (), "[uglyURLs]\nposts = true", "/posts/x.html"),
        ("news/x.md", (), "[uglyURLs]\nposts = true", "/news/x/"),
        # a date from the file's name leaves the rest for a slug
        ("posts/2024-05-06-x.md", (), '[frontmatter]\ndate = [":filename", ":default"]', "/posts/x/"),
        (
            "posts/2024-05-06-x.md",
            (),
            '[frontmatter]\ndate = [":default", ":filename"]',
            "/posts/2024-05-06-x/",
        ),
        ("posts/2024-05-06-x.md", ("slug: s",), '[frontmatter]\ndate = [":filename"]', "/posts/s/"),
    ],
)
def test_an_address_is_hugos(path: str, front: tuple[str, ...], config: str, expected: str) -> None:
    assert address(path, *front, config=config) == expected


def test_a_folder_is_a_section_of_its_own_only_with_an_index() -> None:
    """Below the first; `Page.CurrentSection` of hugolib/page.go."""
    config = '[permalinks]\ndocs = "/:sections/:slug/"'
    index = {"content/docs/in/_index.md": "---\ntitle: Inside\n---\n"}

    assert address("docs/in/deep/x.md", config=config) == "/docs/hello/"
    assert address("docs/in/deep/x.md", config=config, **index) == "/docs/in/hello/"


def test_a_section_may_be_named_by_its_slug_or_title() -> None:
    config = '[permalinks]\nq = "/:sectionslug/:slug/"'

    assert address("q/x.md", config=config) == "/q/hello/"
    assert (
        address("q/x.md", config=config, **{"content/q/_index.md": "---\ntitle: 질문 모음\n---\n"})
        == "/질문-모음/hello/"
    )


def test_an_undated_page_has_the_address_that_hugo_gives_it() -> None:
    """A date that nobody wrote is that of the year 1 there."""
    made = read("content/posts/x.md", dialect=hugo('[permalinks]\nposts = "/:year/:month/:slug/"'))

    assert made.url == "https://ex.org/1/01/hello/"


def test_a_language_may_have_an_address_of_its_own() -> None:
    config = (
        '[languages.en]\nbaseURL = "https://en.example/"\n[languages.ko]\nbaseURL = "https://ko.example/k/"'
    )

    made = read("content/posts/x.ko.md", "date: 2024-05-06", dialect=hugo(config))

    assert made.url == "https://ko.example/k/posts/x/"


@pytest.mark.parametrize(
    ("front", "config", "expected"),
    [
        # resources/page/pagemeta/page_frontmatter.go
        ("date: 2024-05-06\nlastmod: 2024-05-07", "", "2024-05-06"),
        ("publishDate: 2024-05-05\nlastmod: 2024-05-07", "", "2024-05-05"),
        ("pubdate: 2024-05-04", "", "2024-05-04"),
        ("lastmod: 2024-05-07", "", "2024-05-07"),
        ("Date: 2024-05-06", "", "2024-05-06"),
        (
            "date: 2024-05-06\nheld_on: 2024-05-01",
            '[frontmatter]\ndate = ["held_on", ":default"]',
            "2024-05-01",
        ),
        ("date: 2024-05-06", '[frontmatter]\ndate = [":filename", ":default"]', "2024-03-04"),
        ("date: 2024-05-06", '[frontmatter]\ndate = [":git", ":fileModTime", "date"]', "2024-05-06"),
        ("draft: false", "", "2024-03-04"),
    ],
)
def test_the_date_is_that_of_the_first_key_that_has_one(front: str, config: str, expected: str) -> None:
    made = read("content/posts/2024-03-04-x.md", *front.split("\n"), dialect=hugo(config))

    assert made.moment.date().isoformat() == expected


@pytest.mark.parametrize(
    ("front", "expected"),
    [
        ("date: 2024-05-06 00:30:00", "2024-05-06T00:30:00+00:00"),
        ("date: 2024-05-06T00:30:00+09:00", "2024-05-05T15:30:00+00:00"),
    ],
)
def test_a_naive_date_is_in_utc_unless_the_site_has_a_zone(front: str, expected: str) -> None:
    assert read("content/posts/x.md", front).moment.isoformat() == expected

    in_seoul = read("content/posts/x.md", "date: 2024-05-06 00:30", dialect=hugo('timeZone = "Asia/Seoul"'))
    assert in_seoul.moment == datetime.fromisoformat("2024-05-06T00:30:00+09:00")


@pytest.mark.parametrize(
    ("path", "front", "expected"),
    [
        ("posts/x.md", (), None),
        ("contact.md", (), "page"),
        ("contact/index.md", (), "page"),
        ("contact.md", ("date: 2024-05-06",), None),
        ("2024-05-06-letter.md", (), None),
        ("posts/x.md", ("layout: page",), "page"),
        ("posts/x.md", ("type: page",), "page"),
        ("page/contact.md", (), "page"),  # a section is a type
        ("posts/x.md", ("type: page", "date: 2024-05-06"), None),
        ("search.md", ("layout: search", "date: 2024-05-06"), "page"),
        ("x.md", ("layout: single", "date: 2024-05-06"), None),
        ("posts/x/index.md", ("headless: true",), "headless"),
        ("posts/x.md", ("headless: true",), None),  # it holds for bundles only
        ("posts/x.md", ("build: {render: never}",), "unrendered"),
        ("posts/x.md", ("build: {render: false}",), "unrendered"),
        ("posts/x.md", ("build: {render: link}",), "unrendered"),
        ("posts/x.md", ("_build: {list: never}",), "unlisted"),
        ("posts/x.md", ("build: {list: local}",), "unlisted"),
        ("posts/x.md", ("build: {list: always, render: always}",), None),
        ("posts/x.md", ("draft: true",), "draft"),
        ("posts/x.md", ("published: false",), "unpublished"),
    ],
)
def test_what_hugo_has_in_no_list_is_kept_back(
    path: str, front: tuple[str, ...], expected: str | None
) -> None:
    assert hidden(path, *front) == expected


@pytest.mark.parametrize(
    ("path", "config", "reason"),
    [
        ("content/posts/x.md", "", None),
        ("content/posts/_index.md", "", "it is about its section"),
        ("content/posts/_index.ko.md", "[languages.en]\n[languages.ko]", "it is about its section"),
        ("archetypes/default.md", "", "Hugo makes pages only of what lies in content/"),
        ("README.md", "", "Hugo makes pages only of what lies in content/"),
        ("content/x.md", 'contentDir = "site/pages"', "Hugo makes pages only of what lies in site/pages/"),
        ("site/pages/x.md", 'contentDir = "site/pages"', None),
        ("content/x.draft.md", "ignoreFiles = ['\\.draft\\.md$', '(']", "ignoreFiles leaves it out"),
        (
            "content/x.fr.md",
            "[languages.en]\n[languages.fr]\ndisabled = true",
            "its language is disabled in the site's configuration",
        ),
    ],
)
def test_other_files_are_no_articles(path: str, config: str, reason: str | None) -> None:
    assert hugo(config).why_not_an_article(path) == reason


def test_what_lies_in_a_bundle_is_part_of_it() -> None:
    paths = [
        *("content/a/index.md", "content/a/index.ko.md", "content/a/part.md", "content/a/more/deep.md"),
        *("content/a/more/index.md", "content/ab.md", "content/b/_index.md", "content/b/x.md"),
    ]

    parts = hugo("[languages.en]\n[languages.ko]").bundle_parts(paths)

    assert parts == {"content/a/part.md", "content/a/more/deep.md", "content/a/more/index.md"}


_SECTIONS = {
    "content/posts/_index.md": "---\ncascade:\n  categories: [Far]\n  tags: [far]\n---\n",
    "content/posts/in/_index.md": (
        "---\ncascade:\n- _target: {kind: page, path: '/posts/in/**'}\n  categories: [Near]\n"
        "- _target: {lang: ko}\n  tags: [other]\n---\n"
    ),
}


@pytest.mark.parametrize(
    ("path", "categories", "tags"),
    [
        ("content/posts/x.md", ("Far",), ("far",)),
        ("content/posts/in/x.md", ("Near",), ("far",)),
        ("content/posts/in/deep/x.md", ("Near",), ("far",)),
        ("content/news/x.md", ("Config",), ()),
        ("content/other/x.md", (), ()),
    ],
)
def test_a_cascade_holds_below_its_section(
    path: str, categories: tuple[str, ...], tags: tuple[str, ...]
) -> None:
    config = '[[cascade]]\ncategories = ["Config"]\n[cascade._target]\npath = "{/news/*,/posts/**}"'

    article = read(path, "date: 2024-05-06", dialect=hugo(config, **_SECTIONS)).article

    assert article.categories == categories
    assert article.tags == tags


def test_front_matter_counts_before_a_cascade() -> None:
    article = read("content/posts/x.md", "categories: [Own]", "tags: []", dialect=hugo(**_SECTIONS)).article

    assert (article.categories, article.tags) == (("Own",), ())


def test_taxonomies_of_the_sites_own_are_tags() -> None:
    dialect = hugo(
        '[taxonomies]\ntag = "tags"\nseries = "series"\ncategory = "categories"\nauthor = "authors"\n'
        'description = "description"'
    )

    article = read(
        "content/x/y.md",
        "tags: [a]",
        "series: [s, 'x, y']",
        "authors: [Kim]",
        "description: About it",
        dialect=dialect,
    ).article

    assert article.tags == ("a", "s", "x, y")
    assert [author.name for author in article.authors] == ["Kim"]


def test_a_configuration_tells_whose_site_it_is() -> None:
    config = """
    title = "느린 글"
    copyright = "CC BY"
    languageCode = "ko-KR"
    timeZone = "Asia/Seoul"
    rssLimit = 7
    [params]
    description = "천천히"
    subtitle = "x"
    [params.author]
    name = "Kim"
    email = "kim@ex.org"
    """

    dialect = hugo(config)

    assert dialect.settings == {
        "site.title": "느린 글",
        "site.description": "천천히",
        "site.url": "https://ex.org",
        "site.language": "ko-KR",
        "site.timezone": "Asia/Seoul",
        "site.authors": [{"name": "Kim", "email": "kim@ex.org"}],
        "site.license": "CC BY",
        "feeds.limit": 7,
    }
    assert dialect.variables["site.params.subtitle"] == "x"


@pytest.mark.parametrize(
    ("name", "text"),
    [
        ("hugo.toml", 'title = "T"\n[Params]\nAuthor = "Kim"'),
        ("hugo.yaml", "Title: T\nparams:\n  author: Kim"),
        ("config.yml", "title: T\nparams: {author: Kim}"),
        ("config.json", '{"title": "T", "params": {"AUTHOR": "Kim"}}'),
    ],
)
def test_a_configuration_may_be_written_in_any_form_and_case(name: str, text: str) -> None:
    dialect = hugo(text, name=name)

    assert dialect.settings["site.title"] == "T"
    assert dialect.settings["site.authors"] == [{"name": "Kim"}]


def test_a_folder_of_configuration_counts_over_the_file() -> None:
    dialect = hugo(
        'title = "One"',
        **{
            "config/_default/config.toml": 'title = "Two"',
            "config/_default/languages.toml": "[en]\nweight = 2\n[ko]\nweight = 1\n[fr]\ndisabled = true",
            "config/_default/params.en.yaml": "description: of English",
            "config/_default/permalinks.json": '{"posts": "/:slug/"}',
            "config/production/hugo.toml": 'title = "Three"',
            "config/staging/hugo.toml": 'title = "Four"',
        },
    )

    assert dialect.settings["site.title"] == "Three"
    assert dialect.settings["site.description"] == "of English"
    assert dialect.languages == ("en", "ko")
    assert read("content/posts/x.md", dialect=dialect).url == "https://ex.org/hello/"


def test_a_file_of_one_language_says_what_its_table_would() -> None:
    dialect = hugo(
        "",
        **{
            "config/_default/languages.en.toml": 'contentDir = "content/english"\nweight = 1',
            "config/_default/languages.ko.toml": 'contentDir = "content/korean"\nweight = 2',
        },
    )

    korean = read("content/korean/posts/x.md", "date: 2024-05-06", dialect=dialect)

    assert (korean.url, korean.article.language) == ("https://ex.org/ko/posts/x/", "ko")
    assert read("content/english/posts/x.md", dialect=dialect).url == "https://ex.org/posts/x/"


def test_pages_that_are_lent_to_another_language_are_those_of_their_own() -> None:
    """So do sites whose translations are not complete."""
    mounts = (("english", "", "en"), ("korean", "", "ko"), ("english/docs", "/docs", "ko"))
    config = "[languages.en]\n[languages.ko]\n" + "".join(
        f'[[module.mounts]]\nsource = "{source}"\ntarget = "content{target}"\nlang = "{language}"\n'
        for source, target, language in mounts
    )

    made = read("english/docs/in/x.md", "date: 2024-05-06", dialect=hugo(config))

    assert (made.url, made.article.language) == ("https://ex.org/docs/in/x/", "en")


def test_mounts_tell_where_pages_lie_and_in_which_language() -> None:
    config = """
    [languages.en]
    [languages.ko]
    [[module.mounts]]
    source = "text/english"
    target = "content"
    [[module.mounts]]
    source = "text/korean"
    target = "content"
    lang = "ko"
    [[module.mounts]]
    source = "shared"
    target = "content/more"
    [[module.mounts]]
    source = "pictures"
    target = "static"
    """

    dialect = hugo(config)

    urls = {
        path: read(path, "date: 2024-05-06", dialect=dialect).url.removeprefix("https://ex.org")
        for path in ("text/english/a/x.md", "text/korean/a/x.md", "shared/x.md")
    }
    assert urls == {
        "text/english/a/x.md": "/a/x/",
        "text/korean/a/x.md": "/ko/a/x/",
        "shared/x.md": "/more/x/",
    }
    assert dialect.why_not_an_article("content/x.md") is not None


@pytest.mark.parametrize(
    ("config", "expected"),
    [
        ("", {"index.xml": "rss"}),
        ('[outputFormats.RSS]\nbaseName = "feed"', {"feed.xml": "rss"}),
        ('[mediaTypes."application/rss+xml"]\nsuffixes = ["rss"]', {"index.rss": "rss"}),
        ('disableKinds = ["RSS"]', {"index.xml": "rss"}),  # ours stands in its place
        (
            '[outputs]\nhome = ["HTML", "RSS", "Atom"]\n'
            '[outputFormats.Atom]\nbaseName = "atom"\nmediaType = "application/atom+xml"',
            {"index.xml": "rss", "atom.xml": "atom"},
        ),
    ],
)
def test_the_feeds_that_hugo_makes_are_known(config: str, expected: dict[str, str]) -> None:
    assert hugo(config).feeds == expected


def test_authors_may_have_data_or_pages_of_their_own() -> None:
    people = hugo(
        "[languages.en]\n[languages.ko]",
        **{
            "data/authors/kim.yaml": "name: Kim Sol\n",
            "data/authors.toml": '[lee]\nname = "Lee Won"\n',
            "content/authors/mok/_index.md": "---\ntitle: Mok Sejin\n---\n",
            "content/authors/mok/_index.ko.md": "---\ntitle: 목세진\n---\n",
            "content/author/so/_index.md": "---\ndisplay_name: So Yun\ntitle: Writer\n---\n",
        },
    ).author_data

    assert people == {
        "kim": {"name": "Kim Sol"},
        "lee": {"name": "Lee Won"},
        "mok": {"name": "Mok Sejin"},
        "so": {"name": "So Yun"},
    }


def test_a_configuration_that_cannot_be_read_is_told_of() -> None:
    dialect = HUGO.open(SiteFiles(names=frozenset({"hugo.toml"}), texts={"hugo.toml": "title = \n"}))

    (problem,) = dialect.problems
    assert (problem.path, problem.severity) == ("hugo.toml", Severity.WARNING)
    assert problem.reason == (
        "is no TOML (Invalid value (at line 1, column 9)), so the site is read without it; mend it"
    )
    assert dialect.why_not_an_article("content/posts/x.md") is None


@pytest.mark.parametrize(
    ("texts", "prefix", "expected"),
    [
        ({"hugo.toml": ""}, "", True),
        ({"hugo.toml": ""}, "content/posts/", True),
        ({"hugo.toml": ""}, "assets/", False),
        ({"config.toml": 'baseURL = "https://ex.org/"'}, "", True),
        ({"config.yaml": "baseURL: https://ex.org/"}, "", True),
        ({"config.json": '{"baseURL": "https://ex.org/"}'}, "", True),
        ({"config.toml": 'base_url = "https://ex.org"\ntheme = "x"'}, "", False),  # Zola's
        ({"config.yaml": "port: 80"}, "", False),
        ({"config/_default/params.toml": ""}, "", True),
        ({"config/production/app.toml": ""}, "", False),
    ],
)
def test_a_site_is_known_by_its_configuration(texts: dict[str, str], prefix: str, expected: bool) -> None:
    names = frozenset({*texts, "content/"})

    assert HUGO.owns(SiteFiles(prefix=prefix, names=names, texts=texts)) is expected


def test_without_a_configuration_a_folder_is_content() -> None:
    dialect = HUGO.open(SiteFiles())

    korean = read("guide.ko.md", dialect=dialect)

    assert (korean.url, korean.article.language) == ("https://ex.org/ko/guide/", "ko")
    assert korean.article.hidden is None
    assert read("node.js.md", dialect=dialect).url == "https://ex.org/node.js/"


def test_pictures_of_another_language_stand_for_missing_ones() -> None:
    dialect = hugo('[languages.en]\ncontentDir = "content/en"\n[languages.ko]\ncontentDir = "content/ko"')

    article = read("content/ko/posts/trip/index.md", "date: 2024-05-06", dialect=dialect).article

    assert dialect.asset_folders(article) == ("content/en/posts/trip/", "static/ko/posts/trip/")


@pytest.mark.parametrize(
    ("path", "file", "homes"),
    [
        ("posts/a/index.ko.md", "posts/a/map.png", ("posts/a/index.md", "posts/a/index.en.md")),
        ("posts/a/index.ko.md", "posts/a/in/map.png", ("posts/a/index.md", "posts/a/index.en.md")),
        ("posts/a/index.ko.md", "posts/a/map.ko.png", ()),
        ("posts/a/index.md", "posts/a/map.png", ()),
        ("posts/a.ko.md", "posts/map.png", ()),
        ("posts/a/index.ko.md", "posts/map.png", ()),
    ],
)
def test_pages_in_several_languages_share_what_lies_in_their_bundle(
    path: str, file: str, homes: tuple[str, ...]
) -> None:
    """Hugo publishes it once, at the address of the page in its language, from version 0.123 on."""
    config = "[languages.en]\n[languages.ko]\n"
    article = read(f"content/{path}", "date: 2024-05-06", dialect=hugo(config)).article

    found = hugo(config).owner_articles(article, f"content/{file}")
    of_hosts = hugo(f'{config}baseURL = "https://ko.example"').owner_articles(article, f"content/{file}")

    assert found == tuple(f"content/{each}" for each in homes)
    assert of_hosts == ()


def test_what_only_another_languages_bundle_has_stands_at_its_page() -> None:
    dialect = hugo('[languages.en]\ncontentDir = "content/en"\n[languages.ko]\ncontentDir = "content/ko"')
    article = read("content/ko/posts/trip/index.md", "date: 2024-05-06", dialect=dialect).article

    (home, _) = dialect.owner_articles(article, "content/en/posts/trip/map.png")

    assert home == "content/en/posts/trip/index.md"
    assert dialect.owner_articles(article, "content/ko/posts/trip/map.png") == ()
    assert dialect.owner_articles(article, "static/ko/posts/trip/map.png") == ()


def test_only_in_a_bundle_a_picture_leads_by_its_name() -> None:
    assert hugo().lead_image_patterns("content/posts/x/index.md") == ("*feature*", "*cover*", "*thumb*")
    assert hugo().lead_image_patterns("content/posts/x.md") == ()


def test_a_dialect_goes_to_other_processes() -> None:
    dialect = open_site(SITES / "hugo")

    assert pickle.loads(pickle.dumps(dialect)) == dialect
    assert dialect.templating("content/x.md") is Templating.HUGO
