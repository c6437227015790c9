"""Whatever an author wrote as an address."""

from dataclasses import replace
from unicodedata import normalize
from urllib.parse import unquote

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from feedsvc.articles.links.resolve import Base, Resolved, first_candidate, placed, resolve, resolve_srcset
from tests.support.builders import make_file
from tests.support.strategies import TEXT, examples

MEDIA = {
    path: make_file(path, size=10)
    for path in ("posts/a.png", "posts/a (1).png", "posts/50%.png", "posts/첫 사진.jpg", "img/b.png")
}
ON_SITE = Base(
    url="https://ex.org/posts/hello/",
    folder="posts",
    root="https://ex.org",
    media_url="https://feeds.ex.org/media/",
    media=MEDIA,
)
ON_OUR_PAGE = Base(
    url="https://feeds.ex.org/articles/hello/",
    folder="posts",
    root="https://feeds.ex.org",
    ours=True,
    media_url="https://feeds.ex.org/media/",
    media=MEDIA,
)

IN_SUBFOLDER = replace(
    ON_SITE,
    path="/blog",
    folder="content/posts",
    roots=("", "content/"),
    beside=("img",),
    term=lambda kind, label: f"{kind}/winter/" if label == "Winter Fun" else None,
    article={"other.md": "https://ex.org/blog/other/", "@/x.md": "https://ex.org/x/"}.get,
    media=MEDIA | {"content/img/c.png": MEDIA["img/b.png"]},
)

BESIDE_A_SITE = replace(ON_OUR_PAGE, root="https://ex.org", website=True)


@pytest.mark.parametrize(
    ("ref", "url"),
    [
        ("a.png", "https://ex.org/home/a.png"),
        ("a.png?x=1", "https://ex.org/home/a.png?x=1"),
        ("/img/b.png", "https://ex.org/img/b.png"),
        ("gone.png", "https://ex.org/posts/hello/gone.png"),
    ],
)
def test_a_file_may_stand_at_the_address_of_another_article(ref: str, url: str) -> None:
    lent = replace(ON_SITE, home=lambda _path: "https://ex.org/home/")

    assert resolve(ref, lent).url == url


@pytest.mark.parametrize(
    ("ref", "base", "url"),
    [
        ("메모.rst", ON_OUR_PAGE, "https://ex.org/note/"),
        ("%EB%A9%94%EB%AA%A8.rst#a", ON_OUR_PAGE, "https://ex.org/note/#a"),
        ("../home.html?x=1", ON_OUR_PAGE, "https://ex.org/home/?x=1"),
        ("../home.html", ON_SITE, "https://ex.org/home/"),
        ("/home.html", ON_OUR_PAGE, "https://ex.org/home/"),
        ("/home.html", ON_SITE, "https://ex.org/home.html"),
        ("home.html", ON_SITE, "https://ex.org/posts/hello/home.html"),
        ("../home", ON_SITE, "https://ex.org/posts/home"),
    ],
)
def test_a_file_that_is_an_article_leads_to_its_page(ref: str, base: Base, url: str) -> None:
    """Below the root of a website, its own pages have such addresses."""
    articles = {"posts/메모.rst": "https://ex.org/note/", "home.html": "https://ex.org/home/"}
    found = resolve(
        ref, replace(base, source=articles.get, article=lambda ref: articles.get(f"posts/{unquote(ref)}"))
    )

    assert found.url == url


@pytest.mark.parametrize(
    ("ref", "folder", "base", "expected"),
    [
        ("/img/c.png", "/blog", IN_SUBFOLDER, "/blog/img/c.png"),
        ("/blog/img/c.png", "/blog", IN_SUBFOLDER, "/blog/img/c.png"),
        ("./겨울.png", "/blog/img/2024", IN_SUBFOLDER, "/blog/img/2024/겨울.png"),
        ("c.png", "https://cdn.ex.org/a", IN_SUBFOLDER, "https://cdn.ex.org/a/c.png"),
        ("c.png", "", IN_SUBFOLDER, "/c.png"),
        ("https://other.org/c.png", "/blog", IN_SUBFOLDER, "https://other.org/c.png"),
        ("//other.org/c.png", "/blog", IN_SUBFOLDER, "//other.org/c.png"),
        ("data:image/png;base64,", "/blog", IN_SUBFOLDER, "data:image/png;base64,"),
        # Beside the article, or nowhere at all
        ("a.png", "/blog", ON_SITE, "a.png"),
        ("b.png", "/img", ON_OUR_PAGE, "/img/b.png"),
        ("gone.png", "/img", ON_OUR_PAGE, "gone.png"),
    ],
)
def test_pictures_may_have_a_folder_of_their_own(ref: str, folder: str, base: Base, expected: str) -> None:
    assert placed(ref, folder, base) == expected


@pytest.mark.parametrize(
    ("ref", "url"),
    [
        ("b/", "https://ex.org/posts/hello/b/"),
        ("./b.png", "https://ex.org/posts/hello/b.png"),
        ("../c.png", "https://ex.org/posts/c.png"),
        ("../../../../etc/passwd", "https://ex.org/etc/passwd"),
        ("/d.png", "https://ex.org/d.png"),
        ("//cdn.ex.org/e.png", "https://cdn.ex.org/e.png"),
        ("#sec", "https://ex.org/posts/hello/#sec"),
        ("?page=2", "https://ex.org/posts/hello/?page=2"),
        ("1:2.png", "https://ex.org/posts/hello/1:2.png"),
        ("https://other.org/x?a=1&b=2#c", "https://other.org/x?a=1&b=2#c"),
        ("HTTP://other.org", "http://other.org"),
        ("http://kim:pw@other.org:8080/", "http://kim:pw@other.org:8080/"),
        ("http://[2001:DB8::1]:80/", "http://[2001:db8::1]:80/"),
        ("mailto:x@ex.org?subject=a b", "mailto:x@ex.org?subject=a%20b"),
        ("tel:+82-2-781", "tel:+82-2-781"),
    ],
)
def test_a_reference_becomes_absolute_against_the_article(ref: str, url: str) -> None:
    assert resolve(ref, ON_SITE).url == url


@pytest.mark.parametrize(
    ("ref", "url"),
    [
        ("/태그/봄", "https://ex.org/%ED%83%9C%EA%B7%B8/%EB%B4%84"),
        ("/%ED%83%9C", "https://ex.org/%ED%83%9C"),
        ("/a%20b c.png", "https://ex.org/a%20b%20c.png"),
        ("/100%.png", "https://ex.org/100%25.png"),
        ("/stage (1).png", "https://ex.org/stage%20(1).png"),
        ("/a[1].png", "https://ex.org/a%5B1%5D.png"),
        ('/a"b<c>.png', "https://ex.org/a%22b%3Cc%3E.png"),
        ("/?q=봄&r=a b#절", "https://ex.org/?q=%EB%B4%84&r=a%20b#%EC%A0%88"),
        ("https://한국.kr/", "https://xn--3e0b707e.kr/"),
        ("img\\b.png?path=C:\\x", "https://ex.org/posts/hello/img/b.png?path=C:%5Cx"),
        ("C:\\Users\\kim\\b.png", "https://ex.org/posts/hello/C:/Users/kim/b.png"),
        ("\\\\cdn.ex.org\\b.png", "https://cdn.ex.org/b.png"),
        (" \t/a\n.png\x00 ", "https://ex.org/a.png"),
        ("/a\ud800\uffff.png", "https://ex.org/a.png"),
    ],
)
def test_an_address_is_percent_encoded_exactly_once(ref: str, url: str) -> None:
    assert resolve(ref, ON_SITE).url == url


@pytest.mark.parametrize(
    "ref",
    [
        "",
        "  ",
        "//",
        "///x",
        "https:",
        "http:path",
        "http://",
        "http:///x",
        "http://exa mple.org/",
        "http://[bad/",
        "http://[::1%25eth0]/",
        "http://a:99999/",
        "http://a:b/",
        "http://%41/",
        "http://" + "가" * 70 + ".kr/",
    ],
)
def test_what_is_no_address_gives_none(ref: str) -> None:
    assert resolve(ref, ON_SITE) == Resolved(url="")


def test_a_scheme_hidden_behind_control_characters_is_seen() -> None:
    """Browsers drop them, too: what is left must be known for what it is."""
    assert resolve("\x01java\nscript:alert(1)", ON_SITE).url.startswith("javascript:")


@pytest.mark.parametrize(
    ("ref", "local"),
    [
        ("a.png", "posts/a.png"),
        ("./a.png", "posts/a.png"),
        ("../img/b.png", "img/b.png"),
        ("/img/b.png", "img/b.png"),
        ("..\\img\\b.png", "img/b.png"),
        ("a (1).png", "posts/a (1).png"),
        ("a%20(1).png", "posts/a (1).png"),
        ("50%.png", "posts/50%.png"),
        ("첫 사진.jpg", "posts/첫 사진.jpg"),
        (normalize("NFD", "첫 사진.jpg"), "posts/첫 사진.jpg"),  # as macOS types it
    ],
)
def test_a_file_beside_the_article_is_found(ref: str, local: str) -> None:
    assert resolve(ref, ON_OUR_PAGE).local == local
    assert resolve(ref, ON_SITE).local == local


def test_a_file_is_served_by_us_only_where_the_site_does_not() -> None:
    assert resolve("첫 사진.jpg", ON_OUR_PAGE).url == (
        "https://feeds.ex.org/media/posts/%EC%B2%AB%20%EC%82%AC%EC%A7%84.jpg"
    )
    assert resolve("a.png", ON_SITE).url == "https://ex.org/posts/hello/a.png"


@pytest.mark.parametrize(
    ("ref", "tail"),
    [
        ("a.png", "?v=0123456789abcdef"),
        ("/posts/a.png", "?v=0123456789abcdef"),
        ("a.png?x=1", "?v=0123456789abcdef"),
        ("a.png?v=old&w=640#t=10", "?v=0123456789abcdef#t=10"),
        ("a.png#t=10?", "?v=0123456789abcdef#t=10?"),
        ("../img/b.png", ""),
        ("../img/b.png?x=1#f", "#f"),
    ],
)
def test_the_address_of_a_file_bears_its_version_instead_of_a_query(ref: str, tail: str) -> None:
    """A query means nothing to a file, and one file has one address."""
    versions = {"posts/a.png": "0123456789abcdef"}
    base = replace(ON_OUR_PAGE, version=lambda path: versions.get(path, ""))

    found = resolve(ref, base)

    assert found.url == f"https://feeds.ex.org/media/{found.local}{tail}"


def test_a_file_that_the_site_serves_is_asked_for_as_the_author_wrote() -> None:
    base = replace(ON_SITE, version=lambda _path: "0123456789abcdef")

    assert resolve("a.png?x=1#f", base).url == "https://ex.org/posts/hello/a.png?x=1#f"


@pytest.mark.parametrize(
    ("ref", "base", "missing"),
    [
        ("gone.png", ON_OUR_PAGE, True),
        ("/gone.png", ON_OUR_PAGE, True),
        ("/a.png", ON_OUR_PAGE, True),  # it lies in another folder
        ("a.png", ON_OUR_PAGE, False),
        ("/img/b.png", ON_OUR_PAGE, False),
        ("gone.png", BESIDE_A_SITE, True),
        ("/gone.png", BESIDE_A_SITE, False),
        ("gone.png", ON_SITE, False),
        ("/gone.png", ON_SITE, False),
        ("https://other.org/gone.png", ON_OUR_PAGE, False),
        ("//other.org/gone.png", ON_OUR_PAGE, False),
    ],
)
def test_a_file_is_missing_only_where_nobody_else_may_have_it(ref: str, base: Base, missing: bool) -> None:
    assert resolve(ref, base).missing is missing


@pytest.mark.parametrize("ref", ["../../secret.png", "/../secret.png", "%2e%2e/%2e%2e/secret.png"])
def test_no_file_outside_the_folder_is_found(ref: str) -> None:
    assert resolve(ref, ON_OUR_PAGE).local is None


@pytest.mark.parametrize(
    ("srcset", "absolute"),
    [
        ("/b.webp 2x, /b1.webp", "https://ex.org/b.webp 2x, https://ex.org/b1.webp"),
        ("/a.png,/b.png 2x,/c.png 3x", "https://ex.org/a.png,/b.png 2x, https://ex.org/c.png 3x"),
        ("/w_100,h_50/a.png 100w", "https://ex.org/w_100,h_50/a.png 100w"),
        ("/a.png, /b.png 2x", "https://ex.org/a.png, https://ex.org/b.png 2x"),
        ("data:image/png;base64,AA== 1x, /b.png 2x", "https://ex.org/b.png 2x"),
        ("http:// 1x, /b.png 2x", "https://ex.org/b.png 2x"),
        (" , ,/a.png", "https://ex.org/a.png"),
        ("", ""),
    ],
)
def test_each_candidate_of_a_set_becomes_absolute(srcset: str, absolute: str) -> None:
    asked: list[str] = []

    def keep(ref: str, _: Resolved) -> bool:
        asked.append(ref)
        return True

    assert resolve_srcset(srcset, ON_SITE, keep=keep) == absolute

    assert len(asked) == len(absolute.split(", ")) * bool(absolute)


def test_a_candidate_of_a_set_may_be_refused() -> None:
    """As one whose file is missing is: a large screen would show nothing."""
    kept = resolve_srcset(
        "a.png 1x, gone.png 2x, ../img/b.png 3x", ON_OUR_PAGE, keep=lambda _, found: not found.missing
    )

    assert kept == "https://feeds.ex.org/media/posts/a.png 1x, https://feeds.ex.org/media/img/b.png 3x"


def test_the_first_candidate_of_a_set_is_as_written() -> None:
    assert first_candidate(" /a b.png") == "/a"
    assert first_candidate("/w_1,h_2/a.png 2x, /b.png") == "/w_1,h_2/a.png"
    assert first_candidate(" , ") == ""


REFERENCES = TEXT | st.text(alphabet=st.sampled_from("ht:/\\.?#%[]@1aé가 \x00\n"), max_size=30)


@settings(max_examples=examples(200))
@given(REFERENCES, st.sampled_from([ON_SITE, ON_OUR_PAGE]))
def test_any_text_gives_an_address_in_ascii_or_none(ref: str, base: Base) -> None:
    url = resolve(ref, base).url

    assert url == "" or url.partition(":")[1]
    assert url.isascii()
    assert url.isprintable()
    assert not set(url) & set(' "<>\\^`{|}')


@settings(max_examples=examples(200))
@given(REFERENCES)
def test_an_address_of_ours_resolves_to_itself(ref: str) -> None:
    url = resolve(ref, ON_SITE).url

    assert resolve(url, ON_SITE).url == url


@settings(max_examples=examples(100))
@given(REFERENCES)
def test_any_set_gives_absolute_candidates(srcset: str) -> None:
    absolute = resolve_srcset(srcset, ON_SITE, keep=lambda *_: True)

    assert all(":" in candidate for candidate in absolute.split(", ") if candidate)


@pytest.mark.parametrize(
    ("ref", "url"),
    [
        ("other.md#sec", "https://ex.org/blog/other/#sec"),
        ("gone.md", "https://ex.org/posts/hello/gone.md"),
        ("other.html", "https://ex.org/posts/hello/other.html"),
        ("@/x.md?a=1", "https://ex.org/x/?a=1"),
        ("@/gone.md", "https://ex.org/blog/gone.md"),
        ("{filename}gone.md", "https://ex.org/blog/posts/gone.md"),
        ("{filename}/gone.md", "https://ex.org/blog/gone.md"),
        ("{static}/img/첫.png", "https://ex.org/blog/img/%EC%B2%AB.png"),
        ("{static}../../../a.png", "https://ex.org/blog/a.png"),
        ("{attach}a.png", "https://ex.org/posts/hello/a.png"),
        ("{attach}/img/a.png", "https://ex.org/blog/img/a.png"),
        ("{category}Winter Fun#a", "https://ex.org/blog/category/winter/#a"),
        ("{tag}Winter%20Fun", "https://ex.org/blog/tag/winter/"),
        ("{tag}봄", "https://ex.org/blog/tag/%EB%B4%84.html"),
        ("{index}", "https://ex.org/blog/"),
        ("{nothing}a", "https://ex.org/posts/hello/%7Bnothing%7Da"),
    ],
)
def test_a_reference_to_a_source_becomes_the_address_of_its_page(ref: str, url: str) -> None:
    assert resolve(ref, IN_SUBFOLDER).url == url


@pytest.mark.parametrize(
    ("ref", "local"),
    [
        ("/blog/img/b.png", "img/b.png"),
        ("/img/c.png", "content/img/c.png"),
        ("b.png", "img/b.png"),
        ("{static}/img/c.png", "content/img/c.png"),
        ("{attach}b.png", "img/b.png"),
        ("{static}/gone.png", None),
    ],
)
def test_a_file_is_found_wherever_the_site_would_have_it(ref: str, local: str | None) -> None:
    assert resolve(ref, IN_SUBFOLDER).local == local


def test_a_marked_file_has_our_address_on_our_page() -> None:
    assert resolve("{static}/img/b.png", ON_OUR_PAGE).url == "https://feeds.ex.org/media/img/b.png"
    assert resolve("{static}/gone.png", ON_OUR_PAGE).missing
