"""Looking into documents: by path, with the prefixes of feeds."""

from lxml import etree

_NAMESPACES = {
    "atom": "http://www.w3.org/2005/Atom",
    "content": "http://purl.org/rss/1.0/modules/content/",
    "dc": "http://purl.org/dc/elements/1.1/",
    "dcterms": "http://purl.org/dc/terms/",
    "media": "http://search.yahoo.com/mrss/",
    "sy": "http://purl.org/rss/1.0/modules/syndication/",
}


def elements(parent: etree._Element, path: str) -> list[etree._Element]:
    """All that *path* finds below *parent*, in order."""
    return parent.findall(path, _NAMESPACES)


def texts(parent: etree._Element, path: str) -> list[str | None]:
    """Their texts."""
    return [element.text for element in elements(parent, path)]


def attributes(parent: etree._Element, path: str) -> list[dict[str, str]]:
    """Their attributes."""
    return [{str(name): str(value) for name, value in element.items()} for element in elements(parent, path)]
