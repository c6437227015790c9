"""Angle brackets that are no markup: what an author wrote comes back in every format and on the pages."""

import json
from html import unescape

from hypothesis import given, settings
from hypothesis import strategies as st
from lxml import etree, html

from feedsvc.articles.excerpt import summary_text
from feedsvc.articles.fields import authors_of, labels_of, title_of
from feedsvc.feeds.build import build_entry
from feedsvc.feeds.pages import render_article_page, render_feed_page
from feedsvc.feeds.render import render_feed
from feedsvc.model import Author
from feedsvc.text.characters import one_line
from tests.support.builders import make_article, make_content, make_feed, make_record, make_site
from tests.support.strategies import examples
from tests.support.xmltree import elements, texts

# No backslash, backtick, asterisk or underscore: these are Markdown. No name both begins and ends here.
_PIECES = ["<", ">", "<T>", "<b>", "</i>", "<int>", "<a href='x'>", "<p", "</", "/>", "<b/>", "<!-- c -->"]
OWN = st.lists(st.sampled_from([*_PIECES, " ", "a", "한", "&", "=", '"', "'", "1"]), min_size=1).map(
    lambda pieces: one_line("x" + "".join(pieces))
)


@settings(max_examples=examples(200))
@given(OWN)
def test_text_without_closed_elements_comes_back_as_it_was(text: str) -> None:
    assert title_of(text) == text
    assert summary_text(text) == text
    assert authors_of([text]) == (Author(name=text),)
    assert labels_of([text]) == (text,)


def shown(page: etree._Element, *names: str) -> list[str]:
    return ["".join(map(str, element.itertext())) for name in names for element in page.iter(name)]


@settings(max_examples=examples(50))
@given(OWN)
def test_every_format_and_page_shows_the_same_text(text: str) -> None:
    by = (Author(name=text),)
    record = make_record(article=make_article(title=text, authors=by, tags=(text,)))
    entry = build_entry(record, make_content(excerpt=text), make_site())
    feed = make_feed(title=text, description=text, entries=(entry,))

    rss, atom, told = (document.body for document in render_feed(feed))
    channel, root, (item,) = etree.fromstring(rss)[0], etree.fromstring(atom), json.loads(told)["items"]
    seen = html.fromstring(render_feed_page(feed, make_site(), []).body.decode())
    own = html.fromstring(render_article_page(entry, text, make_site(), folder="articles/x/").body.decode())

    assert texts(channel, "item/title") == texts(channel, "item/category") == [text]
    assert texts(channel, "item/dc:creator") == [text]
    assert [unescape(each or "") for each in texts(channel, "item/description")] == [text]
    assert texts(root, "atom:entry/atom:title") == [text]
    (summary,) = elements(root, "atom:entry/atom:summary")
    said = summary.text or ""
    assert (unescape(said) if summary.get("type") == "html" else said) == text
    assert texts(root, "atom:entry/atom:author/atom:name") == [text]
    assert (item["title"], item["summary"], item["tags"]) == (text, text, [text])
    assert shown(seen, "h1", "h3") == [text, text]
    assert text in shown(seen, "p")
    assert shown(own, "h1") == [text]
