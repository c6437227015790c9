"""Pictures as scripts, old readers and large screens would get them, made plain."""

from collections.abc import Container, Iterator, Mapping

from bs4 import BeautifulSoup, Tag

from feedsvc.articles.html.soup import tags_within
from feedsvc.articles.images import Found
from feedsvc.articles.links.resolve import first_candidate
from feedsvc.text.characters import one_line
from feedsvc.text.mediatypes import guess_type, rank_among_recordings

_LAZY = ("data-src", "data-original", "data-lazy-src", "data-actualsrc")
_LAZY_SETS = ("data-srcset", "data-lazy-srcset")


def restore_pictures(soup: BeautifulSoup, body: Tag) -> None:
    """Put every picture where a browser with scripts would show it, as one plain `img`."""
    for tag in tags_within(body, "img", "source", "video", "audio"):
        _take_over(tag, "src", _LAZY)
        _take_over(tag, "srcset", _LAZY_SETS)
    for picture in tags_within(body, "picture"):
        _make_one(soup, picture)
    for image in tags_within(body, "img"):
        if image.get("srcset") and str(image.get("src") or "data:").startswith("data:"):
            image["src"] = first_candidate(str(image["srcset"]))
    _unwrap_noscripts(body)


def recordings_within(body: Tag, local: Mapping[str, str], missing: Container[str]) -> Iterator[Found]:
    """Yield audio and video, whose addresses are absolute already; of several sources, the best.

    Args:
        local: Paths of files in the articles folder, by their addresses.
        missing: Addresses at which there is nothing.
    """
    for tag in tags_within(body, "audio", "video"):
        sources = [each for each in (tag, *tags_within(tag, "source")) if _is_there(each, missing)]
        if sources:
            url = str(min(sources, key=_rank)["src"])
            yield Found(url=url, local=local.get(url), title=one_line(str(tag.get("title") or "")))


def _is_there(source: Tag, missing: Container[str]) -> bool:
    url = str(source.get("src") or "")
    return url.startswith("http") and url not in missing


def _rank(source: Tag) -> int:
    return rank_among_recordings(guess_type(str(source["src"])) or str(source.get("type") or ""))


def caption_of(image: Tag) -> str:
    """Return what stands below a picture."""
    figure = image.find_parent("figure")
    caption = figure.find("figcaption") if figure else None
    return caption.get_text(" ") if caption else ""


def _make_one(soup: BeautifulSoup, picture: Tag) -> None:
    """Leave one plain picture: not all readers choose among sources."""
    # The parser takes what follows a source for its contents.
    sources = [source.unwrap() for source in tags_within(picture, "source")]
    image = picture.find("img")
    if image is None:
        image = soup.new_tag("img")
        picture.append(image)
    sets = [str(each["srcset"]) for each in (image, *sources) if each.get("srcset")]
    if not image.get("src") and sets:
        image["src"] = first_candidate(sets[0])
    picture.unwrap()


def _take_over(tag: Tag, name: str, lazy: tuple[str, ...]) -> None:
    """Put an address that a script would have put there where it belongs."""
    later = next((str(tag[each]) for each in lazy if tag.get(each)), None)
    if later:
        tag[name] = later


def _unwrap_noscripts(body: Tag) -> None:
    """Take what is for those without scripts, but for pictures that stand there already."""
    shown: set[str] = set()
    for tag in tags_within(body, "img", "noscript"):
        if tag.decomposed:
            continue
        if tag.name == "img":
            shown.add(str(tag.get("src")))
            continue
        pictures = {str(image.get("src")) for image in tags_within(tag, "img")}
        if pictures and pictures <= shown:
            tag.decompose()
        else:
            tag.unwrap()
