"""From an article to what a reader may see of it."""

import re
from dataclasses import replace
from pathlib import Path

import frontmatter
import pytest
from bs4 import BeautifulSoup
from hypothesis import given, settings
from hypothesis import strategies as st
from lxml import etree

from feedsvc.articles.content import read_content
from feedsvc.articles.links.resolve import Base
from feedsvc.articles.removed import losses
from feedsvc.model import Article, Attachment, Image, LeadImage, Markup, Templating
from tests.support.builders import make_article
from tests.support.places import ROOT
from tests.support.rendering import ON_OUR_PAGE, ON_SITE, files, look, read
from tests.support.strategies import TEXT, examples

SEEDS = sorted((ROOT / "seeds").glob("*.txt"))


def seed(path: Path, markup: Markup) -> Article:
    written = frontmatter.load(path)
    return make_article(
        title=written["title"],
        summary=written["excerpt"],
        image=written["image"],
        body=written.content,
        markup=markup,
    )


@pytest.mark.parametrize("markup", [Markup.HTML, Markup.MARKDOWN])
@pytest.mark.parametrize("path", SEEDS, ids=lambda path: path.stem)
def test_a_seed_is_read_whole(path: Path, markup: Markup) -> None:
    article = seed(path, markup)

    content = read_content(article, ON_SITE, look=look)

    assert content.html.count("<table>") == content.html.count("<img ") == 1
    assert "data-ke-" not in content.html
    assert "style=" not in content.html
    assert "R&amp;D" in content.html
    assert (article.summary or "").startswith(content.excerpt.removesuffix("…").rstrip())
    assert content.image is not None
    assert article.lead_image is not None
    assert content.image.url == article.lead_image.reference
    assert content.image_inline
    assert content.problems == ()


def test_a_local_picture_is_measured_and_served() -> None:
    content = read("![A wave](wave.png)", ON_OUR_PAGE)

    assert content.image == Image(
        url="https://feeds.ex.org/media/wave.png",
        alt="A wave",
        media_type="image/png",
        length=12345,
        width=640,
        height=480,
    )
    assert content.media == {"wave.png"}


def test_a_local_picture_of_a_site_is_measured_there() -> None:
    """The site serves it; we need not, and the folder stays private."""
    content = read("Text.", image="/wave.png")

    assert content.image is not None
    assert (content.image.url, content.image.length) == ("https://ex.org/wave.png", 12345)
    assert content.media == frozenset()


def test_sound_that_an_article_offers_is_served() -> None:
    assert read("[Listen](talk.mp3)", ON_OUR_PAGE).media == {"talk.mp3"}


def test_a_picture_for_larger_screens_only_is_published_too() -> None:
    html = '<img src="https://ex.org/small.png" srcset="https://ex.org/small.png 1x, wave.png 2x">'

    assert read(html, ON_OUR_PAGE).media == {"wave.png"}


@pytest.mark.parametrize(
    ("image", "local"),
    [("img/tide.png", "static/img/tide.png"), ("near.png", "blog/near.png"), ("none.png", None)],
)
def test_a_picture_of_the_head_lies_beside_the_article_or_below_the_root(
    image: str, local: str | None
) -> None:
    """Themes take a path without a slash before it for one from the root, too."""
    base = replace(
        ON_OUR_PAGE, folder="blog", roots=("static/",), media=files("static/img/tide.png", "blog/near.png")
    )

    content = read("Text.", base, image=image)

    assert content.media == ({local} if local else set())


def test_a_picture_that_cannot_be_read_is_known_by_its_name() -> None:
    content = read_content(make_article(image="wave.png"), ON_OUR_PAGE, look=lambda _path: None)

    assert content.image == Image(url="https://feeds.ex.org/media/wave.png", media_type="image/png")


@pytest.mark.parametrize(
    ("image", "body", "inline"),
    [
        ("/p.jpg?k=1&o=", '<p><img src="https://ex.org/p.jpg?k=1&amp;o="></p>', True),
        ("/p.jpg?k=1&amp;o=", '<p>x</p><img src="/p.jpg?k=1&amp;o=">', True),
        ("/p.jpg", '<img src="/other.jpg">', False),
        (None, '<img src="/p.jpg">', True),
        (None, "<p>x</p>", False),
    ],
)
def test_a_picture_that_stands_in_the_body_is_not_shown_twice(
    image: str | None, body: str, inline: bool
) -> None:
    assert read(body, image=image).image_inline is inline


@pytest.mark.parametrize(
    ("image_alt", "alt"), [("", "In the body"), ("In the front matter", "In the front matter")]
)
def test_the_front_matter_words_the_picture_first(image_alt: str, alt: str) -> None:
    content = read("![In the body](/p.jpg)", lead_image=LeadImage(reference="/p.jpg", alt=image_alt))

    assert content.image is not None
    assert content.image.alt == alt


@pytest.mark.parametrize(
    ("image", "body", "url", "alt"),
    [
        (None, "One.", "https://ex.org/hello/trip/cover%20%231.png", ""),
        (None, "![x](/p.jpg)", "https://ex.org/hello/trip/cover%20%231.png", ""),
        (None, "![x](trip/cover%20%231.png)", "https://ex.org/hello/trip/cover%20%231.png", "x"),
        ("/p.jpg", "One.", "https://ex.org/p.jpg", ""),
        ("some-asset-id", "One.", "https://ex.org/hello/trip/cover%20%231.png", ""),
    ],
)
def test_a_picture_may_lead_by_its_name(image: str | None, body: str, url: str, alt: str) -> None:
    """If the front matter names none; before those in the body."""
    base = replace(ON_SITE, url="https://ex.org/hello/trip/", folder="trip", media=files("trip/cover #1.png"))
    at_top = body.replace("trip/", "")

    content = read(at_top, replace(base, leading="trip/cover #1.png"), image=image)

    assert content.image is not None
    assert (content.image.url, content.image.alt) == (url, alt)


@pytest.mark.parametrize("image", ["true", "False", "null", "{}", " "])
def test_no_picture_is_no_problem(image: str) -> None:
    content = read("![x](/p.jpg)", image=image)

    assert content.image is not None
    assert content.image.url == "https://ex.org/p.jpg"
    assert content.problems == ()


@pytest.mark.parametrize(
    "image", ["some-asset-id", "talk.mp3", "data:image/png;base64,AA==", "javascript:/x", "http://[/x"]
)
def test_what_is_no_picture_is_reported_and_the_body_asked(image: str) -> None:
    content = read("![x](/p.jpg)", image=image)

    assert content.image is not None
    assert content.image.url == "https://ex.org/p.jpg"
    assert "no address of a picture" in content.problems[0].reason


@pytest.mark.parametrize("ref", ["gone (1).png", "../gone.png", "/images/gone.png"])
def test_a_missing_picture_is_reported_by_its_line(ref: str) -> None:
    content = read(f"One.\n\n![x]({ref})", ON_OUR_PAGE, body_line=5)

    assert [str(problem) for problem in content.problems] == [
        f"hello.md:7: warning: there is no file '{ref}'; put it there, or mend its address"
    ]
    assert content.image is None


@pytest.mark.parametrize(
    ("ref", "reason"),
    [
        ("photo.heic", "files like 'photo.heic' are not served"),
        ("pics/clip.avi?t=1", "files like 'pics/clip.avi?t=1' are not served"),
        ("photo.JPG", "there is no file 'photo.JPG'"),
        ("pics/v1.2", "there is no file 'pics/v1.2'"),
        ("{{ site.url }}/photo", "there is no file '{{ site.url }}/photo'"),
    ],
)
def test_a_file_that_may_lie_there_but_is_not_served_is_not_called_missing(ref: str, reason: str) -> None:
    in_body = read(f'<img src="{ref}">', ON_OUR_PAGE, markup=Markup.HTML)
    named = read("One.", ON_OUR_PAGE, image=ref)

    assert [problem.reason.partition(";")[0].partition(",")[0] for problem in in_body.problems] == [reason]
    assert [problem.reason.partition(";")[0].partition(",")[0] for problem in named.problems] == [reason]


@pytest.mark.parametrize(("title", "lost"), [("Hello, World!", {}), ("Another", {"h1": 1, "em": 1})])
def test_a_heading_that_became_the_title_is_not_lost(title: str, lost: dict[str, int]) -> None:
    """Elsewhere, what *html* lacks is."""
    article = make_article(title=title, body="# Hello, *World*\n\nText.")

    assert losses(article, "<p>Text.</p>").elements == lost


@pytest.mark.parametrize("ref", ["gone.png", "/images/gone.png"])
def test_a_missing_front_matter_picture_has_no_line(ref: str) -> None:
    content = read("One.", ON_OUR_PAGE, image=ref)

    assert content.image is None
    assert [problem.line for problem in content.problems] == [0]


def test_a_picture_has_one_address_wherever_it_is_named() -> None:
    """In the body as inline, so that it is not shown twice, and each cache keeps it once."""
    base = replace(ON_OUR_PAGE, version=lambda _path: "0123456789abcdef")
    body = '![x](wave.png?1) <img src="/wave.png"> <video poster="wave.png" src="wave.png"></video>'

    content = read(body, base, image="wave.png?w=640")

    assert content.image is not None
    assert content.image.url == "https://feeds.ex.org/media/wave.png?v=0123456789abcdef"
    assert content.image.media_type == "image/png"
    assert content.html.count(f'"{content.image.url}"') == 4
    assert content.image_inline
    assert content.media == {"wave.png"}


@pytest.mark.parametrize(
    ("summary", "excerpt"),
    [("From *above*.", "From above."), ("<!-- -->", "From below."), (None, "From below.")],
)
def test_the_excerpt_is_the_front_matter_or_the_opening(summary: str | None, excerpt: str) -> None:
    assert read("# Hello\n\nFrom below.\n\nRest.", summary=summary).excerpt == excerpt


def test_an_excerpt_has_its_length() -> None:
    assert len(read("가" * 1000).excerpt) == 280
    assert len(read(f"![{'가' * 1000}](https://e.org/a.png)").alt) == 280


@pytest.mark.parametrize(
    ("body", "said"),
    [
        ("![](https://e.org/a.png) ![Second](https://e.org/b.png)", "Second"),
        ("![](https://e.org/a.png 'Noon') ![Second](https://e.org/b.png)", "Noon"),
        ("![A chart](data:image/png;base64,iVBORw0KGgo=)", "A chart"),
        ("![](https://e.org/a.png)", ""),
    ],
)
def test_pictures_say_what_the_first_of_them_says(body: str, said: str) -> None:
    assert read(body).alt == said


PIECES = (
    *(
        "<p>",
        "</p>",
        "<b>",
        "<pre>",
        "<td style='text-align:left'>",
        "<noscript>",
        "<body>",
        "</body>",
        "<html>",
    ),
    *(
        "<img src=a.png>",
        "<img src=x srcset='a 1x, b'>",
        "<picture>",
        "<source srcset=a>",
        "<a href='#x'>",
        "</a>",
    ),
    *(
        "<a href=data:text/html,x>",
        "<a href=' java\nscript:x'>",
        "<iframe src=//youtube.com/embed/a>",
        "<video poster=a>",
    ),
    *(
        "<h1>Hello</h1>",
        "<svg>",
        "<xmp>",
        "<plaintext>",
        "<script>",
        "<style>",
        "<title>",
        "<form>",
        "<textarea>",
    ),
    *(
        "<!--more-->",
        "<!-- summary -->",
        "<!--",
        "&#x0b;",
        "&#xD800;",
        "\u0338",
        "x",
        "\n\n",
        "- ",
        "> ",
        "`",
    ),
    *("[x](y)", "![x](a b.png)", "{:.x}", "[^1]", "[^1]: ", "|-|-|\n"),
)
SOUP = TEXT | st.lists(st.sampled_from(PIECES), max_size=12).map("".join)


@settings(max_examples=examples(200))
@given(SOUP, st.sampled_from(list(Markup)), st.sampled_from([ON_SITE, ON_OUR_PAGE]), TEXT, TEXT)
def test_whatever_is_written_can_be_shown(
    body: str, markup: Markup, base: Base, summary: str, image: str
) -> None:
    content = read(body, base, markup=markup, summary=summary, image=image)

    element = etree.Element("content", excerpt=content.excerpt)
    element.text = content.html  # lxml refuses what XML cannot hold
    for tag in BeautifulSoup(content.html, "lxml").find_all(True):
        assert tag.name not in ("script", "style", "form", "iframe", "xmp", "plaintext")
        for name in ("href", "src", "poster", "cite"):
            address = tag.get(name)
            assert address is None or re.match(r"(?:https?|mailto|tel|data):", str(address))
        assert not str(tag.get("href")).startswith("data:")


def test_template_tags_are_resolved_before_the_source_is_rendered() -> None:
    content = read(
        "{{< figure src=wave.png caption=Sea >}}\n\n{{< chart >}}A `{{< chart >}}` in **bold**.",
        ON_OUR_PAGE,
        templating=Templating.HUGO,
        body_line=5,
    )

    assert content.excerpt == "A {{< chart >}} in bold."
    assert content.image is not None
    assert (content.image.width, content.image_inline) == (640, True)
    assert "<figcaption>Sea</figcaption></figure>" in content.html
    assert [(problem.line, problem.reason.split("'")[1]) for problem in content.problems] == [
        (7, "{{< chart >}}")
    ]


@pytest.mark.parametrize("templating", [Templating.PLAIN, Templating.LIQUID])
def test_a_value_in_a_summary_is_left_out(templating: Templating) -> None:
    base = replace(ON_SITE, variables={"site.title": "Ours"})

    content = read("Body.", base, summary="See [it](/x), **now**, {{ site.title }}", templating=templating)

    assert content.excerpt == "See it, now,"


def test_pictures_stand_below_the_folder_that_the_article_names() -> None:
    content = read("![](/img/눈.png) ![](wave.png) [x](/about/)", image_base="/sub", image="/sub/img/눈.png")

    assert re.findall('(?:src|href)="https://ex.org([^"]*)"', content.html) == [
        "/sub/img/%EB%88%88.png",
        "/hello/wave.png",
        "/about/",
    ]
    assert content.image_inline


def test_a_source_that_is_no_article_is_told_of() -> None:
    content = read("One.\n\n[x]({filename}gone.md) [y](gone.md)\n\n[z](../없다.rst#a)")

    told = [(problem.line, problem.reason.split("'")[1]) for problem in content.problems]
    assert told == [(3, "gone.md"), (5, "../없다.rst")]
    assert 'href="https://ex.org/hello/gone.md"' in content.html


def test_a_picture_in_the_head_may_be_marked_as_pelican_has_it() -> None:
    content = read("![a](b.png)", image="{static}/wave.png")

    assert content.image is not None
    assert content.image.url == "https://ex.org/wave.png"


def test_further_pictures_follow_the_lead_each_once_with_their_captions() -> None:
    body = (
        '![](https://a.example/1.png) ![two](https://a.example/2.png "Two") ![](https://a.example/2.png)\n\n'
        '<figure><img src="https://a.example/3.png"><figcaption>The <b>third</b></figcaption></figure>\n\n'
        '<img src="https://a.example/pixel.png" width="1" height="1">'
    )

    content = read(body)

    assert content.image is not None
    assert content.image.url == "https://a.example/1.png"
    assert [(image.url[-5:], image.alt, image.title) for image in content.pictures] == [
        ("2.png", "two", "Two"),
        ("3.png", "", "The third"),
    ]


def test_recordings_of_head_and_body_are_weighed_each_once_audio_first() -> None:
    head = (Attachment(url="film.mp4"), Attachment(url="talk.mp3", duration=60, title="Talk"))
    body = '<audio src="talk.mp3"></audio> <video><source src="https://e.org/b.webm"></video>'

    content = read(body, ON_OUR_PAGE, attachments=head)

    talk, film = content.attachments
    assert (talk.url, talk.title, talk.duration) == ("https://feeds.ex.org/media/talk.mp3", "Talk", 60)
    assert (talk.media_type, talk.length) == ("audio/mpeg", None)  # a file that cannot be read tells nothing
    assert film.url == "https://e.org/b.webm"
    assert "talk.mp3" in content.media
    assert [problem.reason for problem in content.problems] == [
        "there is no file 'film.mp4'; put it there, or mend its address"
    ]


@pytest.mark.parametrize(
    ("language", "word"), [("ko", "정정"), ("de-AT", "Korrektur"), ("xx", "Correction"), (None, "Correction")]
)
def test_a_correction_stands_at_the_top_as_text(language: str | None, word: str) -> None:
    content = read("Text.", correction="It was <b>1999</b>.", language=language)

    assert content.html.startswith(f"<p><strong>{word}:</strong> It was &lt;b&gt;1999&lt;/b&gt;.</p>")


def test_a_banner_is_a_picture_beside_the_lead() -> None:
    content = read("Text.", ON_OUR_PAGE, image="https://a.example/1.png", banner="wave.png")

    assert content.banner is not None
    assert content.banner.url == "https://feeds.ex.org/media/wave.png"
    assert content.banner.width is not None
    assert "wave.png" in content.media
