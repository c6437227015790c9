"""Bodies are rendered once, until something changes that they depend on."""

import os
from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path

import pytest

from feedsvc.articles.dialects import Dialect, Plain, SiteFiles
from feedsvc.articles.dialects.hugo import HUGO
from feedsvc.articles.disk.media import MOST_VERSIONED, version
from feedsvc.articles.disk.scan import ScanRules, read, scan
from feedsvc.articles.links.cross_references import Page
from feedsvc.model import Catalogue, Content, Record, SourceFile
from feedsvc.publisher.refresh.bodies import Contents, linkable
from tests.support.builders import NOON, make_article, make_record, make_site
from tests.support.pictures import png
from tests.support.sites import make_plan

WAVE, SEA = png(640, 480), png(800, 600)


class Desk:
    """Contents of the articles of one folder, refreshed at will; counts what is read of each file."""

    def __init__(self, root: Path, dialect: Dialect | None = None) -> None:
        self.root = root
        self.whole: list[str] = []
        self.heads: list[str] = []
        self.locked: set[str] = set()
        self.addresses: dict[str, str] = {}
        rules = ScanRules() if dialect is None else ScanRules(dialect=dialect)
        self.contents = Contents(make_plan(root, rules=rules), read=self._read)

    def _read(self, file: SourceFile, *, limit: int) -> bytes:
        if file.path in self.locked:
            raise PermissionError(file.path)
        (self.whole if limit > MOST_VERSIONED else self.heads).append(file.path)
        return read(file, limit=limit)

    def write(self, path: str, body: bytes) -> None:
        """Put a picture there as a careful program does, so that its stamp differs."""
        fresh = self.root / ".new"
        fresh.write_bytes(body)
        fresh.replace(self.root / path)

    def media(self) -> Mapping[str, SourceFile]:
        return scan(self.root, ScanRules(dialect=Plain(suffixes=frozenset()))).media

    def refresh(self, *records: Record, media: Mapping[str, SourceFile] | None = None) -> list[Content]:
        pages = {path: Page(url, f"The page {path}") for path, url in self.addresses.items()}
        self.contents.begin(self.media() if media is None else media, pages)
        rendered = [self.contents(record) for record in records]
        self.contents.end()
        return rendered


@pytest.fixture
def desk(tmp_path: Path) -> Desk:
    return Desk(tmp_path)


def body(markdown: str, key: int = 1, **changes: object) -> Record:
    article = make_article(body=markdown, digest=markdown, **changes)
    return make_record(key=key, article=article, own_page=True)


def test_a_body_is_rendered_once(desk: Desk) -> None:
    desk.write("wave.png", WAVE)
    record = body("![A wave](wave.png)")

    (first,), (second,) = desk.refresh(record), desk.refresh(record)

    assert second is first
    assert (desk.whole, desk.heads) == (["wave.png"], ["wave.png"])


def test_a_picture_that_no_body_looks_for_renders_nothing(desk: Desk) -> None:
    desk.write("wave.png", WAVE)
    desk.write("unused.png", WAVE)
    records = [body("![A wave](wave.png)"), body("No picture.", key=2)]
    before = desk.refresh(*records)

    desk.write("unused.png", SEA)
    changed = desk.refresh(*records)
    desk.write("new.png", SEA)
    (desk.root / "unused.png").unlink()
    after = desk.refresh(*records)

    assert all(a is b is c for a, b, c in zip(before, changed, after, strict=True))


def test_a_picture_renders_those_bodies_anew_that_looked_for_it(desk: Desk) -> None:
    for name in ("wave.png", "sea.png"):
        desk.write(name, WAVE)
    records = [body("![A wave](wave.png)"), body("![The sea](sea.png)", key=2)]
    wave, sea = desk.refresh(*records)

    desk.write("sea.png", SEA)
    same, other = desk.refresh(*records)

    assert same is wave
    assert sea.image is not None
    assert other.image is not None
    assert (sea.image.width, other.image.width) == (640, 800)
    assert other.image.url == f"https://example.org/media/sea.png?v={version(SEA)}"
    assert other.image.url in other.html
    assert desk.whole == ["wave.png", "sea.png", "sea.png"]


@pytest.mark.parametrize(
    "record",
    [
        body("![A wave](wave.png)"),
        body("![A wave](/wave.png)"),
        body("![A wave](sub/../wave.png)"),
        body("Hello.", image="wave.png"),
        body('<img src="data:," srcset="wave.png 2x">'),
        body("[A wave](wave.png)"),
    ],
    ids=lambda record: record.article.body,
)
def test_a_picture_that_comes_or_goes_renders_anew(desk: Desk, record: Record) -> None:
    (without,) = desk.refresh(record)
    desk.write("wave.png", WAVE)
    (found,) = desk.refresh(record)
    (desk.root / "wave.png").unlink()
    (gone,) = desk.refresh(record)

    address = f"/media/wave.png?v={version(WAVE)}"
    shown = [
        content.html + (content.image.url if content.image else "") for content in (without, found, gone)
    ]
    assert [address in each for each in shown] == [False, True, False]
    assert gone == without


def test_a_picture_that_leads_by_its_name_is_found_whenever_it_comes(tmp_path: Path) -> None:
    (tmp_path / "content" / "trip").mkdir(parents=True)
    desk = Desk(tmp_path, HUGO.open(SiteFiles()))
    desk.write("content/trip/map.png", WAVE)
    article = make_article(path="content/trip/index.md", body="![](map.png)")
    record = make_record(article=article, own_page=False)

    def leading() -> str:
        (content,) = desk.refresh(record)
        assert content.image is not None
        return content.image.url.removeprefix("https://example.org/hello/")

    before = leading()
    desk.write("content/trip/Cover.png", SEA)
    cover = leading()
    desk.write("content/trip/featured.png", SEA)
    featured = leading()
    (tmp_path / "content/trip/featured.png").unlink()
    again = leading()

    assert [before, cover, featured, again] == ["map.png", "Cover.png", "featured.png", "Cover.png"]


def test_what_pages_in_several_languages_share_stands_at_the_first_of_them(tmp_path: Path) -> None:
    """As long as that one can be seen."""
    (tmp_path / "content" / "trip").mkdir(parents=True)
    config = "[languages.en]\n[languages.ko]"
    desk = Desk(tmp_path, HUGO.open(SiteFiles(texts={"hugo.toml": config})))
    desk.write("content/trip/map.png", WAVE)
    article = make_article(path="content/trip/index.ko.md", body="![](map.png)")
    korean = make_record(article=article, own_page=False)

    (alone,) = desk.refresh(korean)
    desk.addresses = {"content/other/trip.md": "https://example.org/other/"}
    (beside_its_like,) = desk.refresh(korean)
    desk.addresses |= {"content/trip/index.md": "https://example.org/trip/"}
    (shared,) = desk.refresh(korean)
    desk.addresses = {}
    (again,) = desk.refresh(korean)

    assert 'src="https://example.org/hello/map.png"' in alone.html
    assert 'src="https://example.org/trip/map.png"' in shared.html
    assert beside_its_like.html == again.html == alone.html


def test_a_version_is_forgotten_with_its_file(desk: Desk) -> None:
    """A folder's files come and go for years, and the process stays."""
    record = body("![A wave](wave.png)")
    desk.write("wave.png", WAVE)
    there = desk.media()

    for media in (there, there, {}, there):
        desk.refresh(record, media=media)

    assert desk.whole == ["wave.png", "wave.png"]


def test_two_bodies_with_one_picture_read_it_once(desk: Desk) -> None:
    desk.write("wave.png", WAVE)

    desk.refresh(body("![A wave](wave.png)"), body("![Again](wave.png)", key=2))

    assert desk.whole == ["wave.png"]


def test_a_changed_article_does_not_read_its_picture_again(desk: Desk) -> None:
    desk.write("wave.png", WAVE)
    desk.refresh(body("![A wave](wave.png)"))

    desk.refresh(body("![A wave](wave.png) and more"))

    assert desk.whole == ["wave.png"]


@pytest.mark.parametrize(
    ("name", "size"), [("talk.mp3", 100), ("film.mp4", 100), ("large.png", MOST_VERSIONED + 1)]
)
def test_what_is_long_to_read_has_its_plain_address(desk: Desk, name: str, size: int) -> None:
    """A podcast's archive is not read at each start."""
    desk.write(name, b"ID3")
    os.truncate(desk.root / name, size)

    (content,) = desk.refresh(body(f"[Here]({name}?v=1)"))

    assert f'"https://example.org/media/{name}"' in content.html
    assert desk.whole == []


def test_the_same_bytes_have_the_same_address_on_any_machine(tmp_path: Path) -> None:
    rendered: list[Content] = []
    for name in ("here", "there"):
        (tmp_path / name).mkdir()
        desk = Desk(tmp_path / name)
        desk.write("wave.png", WAVE)
        os.utime(tmp_path / name / "wave.png", (len(rendered), len(rendered)))
        rendered += desk.refresh(body("![A wave](wave.png)"))

    assert rendered[0] == rendered[1]


def test_a_picture_that_cannot_be_read_is_tried_again(desk: Desk) -> None:
    """A disk may fail for a moment, and no stamp tells that it works again."""
    desk.write("wave.png", WAVE)
    record = body("![A wave](wave.png)")
    desk.locked = {"wave.png"}
    (locked,) = desk.refresh(record)

    desk.locked = set()
    (readable,) = desk.refresh(record)

    assert locked.image is not None
    assert readable.image is not None
    assert (locked.image.url, locked.image.width) == ("https://example.org/media/wave.png", None)
    assert readable.image.url.endswith(f"?v={version(WAVE)}")
    assert desk.refresh(record) == [readable]


def test_a_rooted_picture_may_be_on_the_website_if_there_is_one(desk: Desk) -> None:
    elsewhere = Contents(make_plan(desk.root, site=make_site()))
    record = body("![x](/images/x.png)")

    (on_our_site,) = desk.refresh(record)
    elsewhere.begin({}, {})
    on_website = elsewhere(record)

    reason = "there is no file '/images/x.png'; put it there, or mend its address"
    assert [p.reason for p in on_our_site.problems] == [reason]
    assert on_website.problems == ()


@pytest.mark.parametrize(
    ("markdown", "link"),
    [
        ("[x](other.md)", "https://example.org/other/"),
        ("[x]({{< ref other >}})", "https://example.org/other/"),
        ("[x]({filename}other.md)", "https://example.org/other/"),
        ("{% post_link other %}", ">The page other.md</a>"),
    ],
)
def test_a_body_follows_the_address_of_an_article_that_it_links_to(
    desk: Desk, markdown: str, link: str
) -> None:
    """What a refresh that changes little publishes is what a whole one would."""
    records = [body(markdown), body("No link.", key=2)]
    without = desk.refresh(*records)

    desk.addresses = {"other.md": link}
    linked = desk.refresh(*records)
    desk.addresses |= {"third.md": "https://example.org/third/"}
    same = desk.refresh(*records)
    desk.addresses = {}
    gone = desk.refresh(*records)

    assert [link in each.html for each in (without[0], linked[0], gone[0])] == [False, True, False]
    assert all(a is b for a, b in zip(linked, same, strict=True))
    assert linked[1] is without[1]
    assert gone == without


def test_what_readers_can_see_on_the_website_may_be_linked_to() -> None:
    """A page that is in no feed has been published by its generator; one of ours has not."""
    reasons = [None, "draft", "page", "unlisted", "headless"]
    articles = [make_article(path=f"{reason}.md", hidden=reason) for reason in reasons]
    on_website = [make_record(key=key, article=each, own_page=False) for key, each in enumerate(articles)]
    gone, broken = replace(on_website[2], gone=True), replace(on_website[2], broken=True)
    ours = [
        make_record(article=make_article(path=path, hidden=hidden))
        for path, hidden in [("hello.md", None), ("hidden.md", "page")]
    ]
    page = Page("https://example.org/hello/", articles[0].title)

    assert linkable(Catalogue(records=tuple(on_website)), NOON) == dict.fromkeys(
        ["None.md", "page.md", "unlisted.md"], page
    )
    assert linkable(Catalogue(records=(gone, broken)), NOON) == {}
    assert linkable(Catalogue(records=tuple(ours)), NOON) == {"hello.md": page}


def test_a_link_to_an_article_that_is_no_markdown_follows_it(desk: Desk) -> None:
    record = body("[x](page.html)")

    (without,) = desk.refresh(record)
    desk.addresses = {"page.html": "https://example.org/page/"}
    (linked,) = desk.refresh(record)
    desk.addresses = {}
    (gone,) = desk.refresh(record)

    assert ['"https://example.org/page/"' in each.html for each in (without, linked, gone)] == [
        False,
        True,
        False,
    ]


def test_templates_may_name_what_is_known_of_the_site(desk: Desk) -> None:
    site = make_site(title="우리 집", url="https://example.org/blog")
    contents = Contents(make_plan(desk.root, site=site))
    contents.begin({}, {})

    content = contents(
        body("{{ site.title }} [a]({{ site.baseurl }}/a) [b]({{ site.url }}/b) {{ page.url }}")
    )

    assert content.excerpt == "우리 집 a b https://example.org/hello/"
    assert 'href="https://example.org/blog/a"' in content.html
    assert 'href="https://example.org/b"' in content.html
