"""The golden feeds, held against what the standards say: schemas for Atom and JSON, the profile for RSS.

The profile is that of the RSS Advisory Board, https://www.rssboard.org/rss-profile.
Where a test says what the W3C calls a fault, it is a rule of its validator,
https://github.com/w3c/feedvalidator, that a feed of ours has broken once.
"""

import json
import re
from collections import Counter
from collections.abc import Iterator
from email.utils import parsedate_to_datetime
from pathlib import Path

import pytest
from jsonschema import Draft202012Validator
from lxml import etree

from tests.support.places import DATA, ROOT

GOLDEN = sorted(path for path in (DATA / "golden").iterdir() if path.is_dir())
ATOM = etree.RelaxNG(etree.parse(ROOT / "feedsvc" / "feeds" / "schemas" / "atom.rng"))
JSON = Draft202012Validator(json.loads((DATA / "jsonfeed.schema.json").read_text(encoding="utf-8")))

CONTENT = "{http://purl.org/rss/1.0/modules/content/}encoded"
ATOM_NS = "{http://www.w3.org/2005/Atom}"
ATOM_LINK = f"{ATOM_NS}link"
MEDIA = "{http://search.yahoo.com/mrss/}"
HTML = re.compile(r"</\w+>|&#?\w+;")
SELF = f"{ATOM_LINK}[@rel='self']"

cases = pytest.mark.parametrize("case", GOLDEN, ids=lambda path: path.name)


@cases
def test_atom_is_valid_by_the_schema_of_its_rfc(case: Path) -> None:
    ATOM.assertValid(etree.parse(case / "atom.xml"))


@cases
def test_json_is_valid_by_the_schema_of_json_feed(case: Path) -> None:
    JSON.validate(json.loads((case / "feed.json").read_text(encoding="utf-8")))


def channel(case: Path) -> etree._Element:
    root = etree.parse(case / "rss.xml").getroot()
    assert (root.tag, root.get("version")) == ("rss", "2.0")
    (found,) = root
    return found


def feed(case: Path) -> etree._Element:
    return etree.parse(case / "atom.xml").getroot()


def entries(case: Path) -> list[etree._Element]:
    return feed(case).findall(f"{ATOM_NS}entry")


def items(case: Path) -> Iterator[etree._Element]:
    return channel(case).iter("item")


@cases
def test_a_channel_has_what_is_demanded_and_nothing_twice(case: Path) -> None:
    names = Counter(str(child.tag) for child in channel(case))

    assert names["title"] == names["link"] == names["description"] == 1
    assert not [
        name
        for name, count in names.items()
        if count > 1 and name not in ("item", "category") and "{" not in name
    ]


@cases
def test_a_channel_comes_first_and_its_items_last(case: Path) -> None:
    tags = [child.tag for child in channel(case)]

    assert tags == sorted(tags, key=lambda tag: tag == "item")


@cases
def test_a_channel_names_its_own_address_and_the_rules_it_follows(case: Path) -> None:
    found = channel(case)

    assert len(found.findall(SELF)) == 1
    assert found.findtext("docs") == "https://www.rssboard.org/rss-specification"
    assert re.fullmatch(r"[a-z]{2}(-[A-Za-z]{2})?", found.findtext("language") or "")
    assert int(found.findtext("ttl") or 0) > 0


@cases
def test_dates_are_of_rfc_822_with_four_digits_and_a_numeric_zone(case: Path) -> None:
    pattern = r"(Mon|Tue|Wed|Thu|Fri|Sat|Sun), \d\d [A-Z][a-z]{2} \d{4} \d\d:\d\d:\d\d [+-]\d{4}"
    dates = [each.text or "" for name in ("pubDate", "lastBuildDate") for each in channel(case).iter(name)]

    assert all(re.fullmatch(pattern, date) for date in dates), dates
    newest = [parsedate_to_datetime(item.findtext("pubDate") or "") for item in items(case)]
    assert all(
        date <= parsedate_to_datetime(channel(case).findtext("lastBuildDate") or "") for date in newest
    )


@cases
def test_an_item_has_each_element_once_but_for_its_categories(case: Path) -> None:
    for item in items(case):
        names = Counter(str(child.tag) for child in item if "{" not in str(child.tag))
        del names["category"]
        assert set(names.values()) == {1}
        assert {"title", "link", "guid", "pubDate"} <= names.keys()


@cases
def test_a_guid_is_unique_and_says_what_it_is(case: Path) -> None:
    guids = [item.find("guid") for item in items(case)]

    assert len({guid.text for guid in guids if guid is not None}) == len(guids)
    for item, guid in zip(items(case), guids, strict=True):
        assert guid is not None
        assert guid.get("isPermaLink") in ("true", "false")
        assert (guid.get("isPermaLink") == "true") == (guid.text == item.findtext("link"))


@cases
def test_addresses_are_whole_and_in_ascii(case: Path) -> None:
    found = [each.text for name in ("link", "comments", "url") for each in channel(case).iter(name)]
    found += [each.get("url") for name in ("enclosure", "source") for each in channel(case).iter(name)]

    assert all(re.fullmatch(r"https?://[!-~]+", address or "") for address in found), found


@cases
def test_titles_are_plain_text(case: Path) -> None:
    for item in items(case):
        assert not re.search(r"</?[a-z]+[ >/]", item.findtext("title") or "")


@cases
def test_descriptions_are_html_in_which_every_ampersand_begins_an_entity(case: Path) -> None:
    """The W3C's validator calls it "NotHtml"."""
    for description in channel(case).iter("description"):
        assert not re.search(r"&(?!(?:amp|lt|gt);)|<", description.text or "")


@cases
def test_every_entry_says_something(case: Path) -> None:
    """The W3C calls it "MissingTextualContent", and "NeedDescriptionBeforeContent"."""
    assert all(item.findtext("description") for item in items(case))
    assert all(entry.findtext(f"{ATOM_NS}summary") for entry in entries(case))


@cases
def test_what_looks_like_html_is_declared_as_html(case: Path) -> None:
    """The W3C calls it "ContainsUndeclaredHTML"; titles are as their authors want them."""
    texts = [
        *(each for name in ("summary", "subtitle") for each in feed(case).iter(f"{ATOM_NS}{name}")),
        *(each for name in ("title", "description") for each in feed(case).iter(f"{MEDIA}{name}")),
    ]

    assert not [each.text for each in texts if each.get("type") != "html" and HTML.search(each.text or "")]


@cases
def test_escapes_in_the_description_of_a_channel_are_meant(case: Path) -> None:
    """The W3C calls it "ContainsHTML", unless a sign in the line is written by number."""
    lines = (case / "rss.xml").read_text(encoding="utf-8").splitlines()
    (line,) = [line for line in lines if line.startswith("    <description>")]

    assert "&#x" in line or "&" not in (channel(case).findtext("description") or "")


@cases
def test_an_address_of_e_mail_is_one_in_ascii(case: Path) -> None:
    """The W3C calls it "InvalidAddrSpec"."""
    emails = [each.text or "" for each in feed(case).iter(f"{ATOM_NS}email")]

    assert all(re.fullmatch(r"[A-Za-z0-9.+_-]+@([A-Za-z0-9-]+\.)+[A-Za-z0-9-]+", email) for email in emails)


@cases
def test_the_id_of_a_source_is_spelt_as_ids_are(case: Path) -> None:
    """The W3C calls it "NonCanonicalURI"."""
    ids = [each.findtext(f"{ATOM_NS}id") or "" for each in feed(case).iter(f"{ATOM_NS}source")]

    assert all(re.fullmatch(r"https?://[a-z0-9.-]+/.*", each) for each in ids), ids


@cases
def test_the_only_alternate_link_of_a_feed_is_its_home(case: Path) -> None:
    (home,) = [link.get("href") for link in feed(case).findall(ATOM_LINK) if link.get("rel") == "alternate"]

    assert home == channel(case).findtext("link")
    assert "alternate" not in [link.get("rel") for link in channel(case).findall(ATOM_LINK)]


@cases
def test_an_enclosure_is_one_with_all_it_needs(case: Path) -> None:
    for item in items(case):
        for enclosure in item.findall("enclosure"):
            assert set(enclosure.attrib) == {"url", "length", "type"}
            assert (enclosure.get("length") or "").isdigit()
            assert re.fullmatch(r"[a-z]+/[a-z0-9.+-]+", enclosure.get("type") or "")


@cases
def test_the_description_comes_before_the_content_and_nobody_is_named_without_an_address(case: Path) -> None:
    for item in items(case):
        tags = [child.tag for child in item]
        if CONTENT in tags and "description" in tags:
            assert tags.index("description") < tags.index(CONTENT)
        assert "author" not in tags


def test_there_are_feeds_to_judge() -> None:
    assert {"empty", "rich", "seeds", "shapes", "signs"} <= {case.name for case in GOLDEN}
