"""What is new in a feed since an older version of it, for clients that ask for no more.

The instance manipulation "feed" (RFC 3229 as Bob Wyman's "Using RFC3229 with
Feeds" of 2004 extends it): the head of the newer version, and only the entries
that are new or have changed.
"""

from lxml import etree

_ENTRIES = frozenset({"item", "{http://www.w3.org/2005/Atom}entry"})


def delta(new: bytes, old: bytes) -> bytes:
    """Return *new* without the entries that stand in *old* just so.

    Args:
        new, old: RSS or Atom as we write it, both in the same format.

    Raises:
        ValueError: One of them is no XML.
    """
    parser = etree.XMLParser(strip_cdata=False, resolve_entities=False)
    try:
        tree = etree.fromstring(new, parser)
        known = {_canonical(entry) for entry in _entries(etree.fromstring(old))}
    except etree.XMLSyntaxError as error:
        raise ValueError(f"no feed: {error}") from None
    for entry in _entries(tree):
        if _canonical(entry) in known:
            _remove(entry)
    body: bytes = etree.tostring(tree, xml_declaration=True, encoding="UTF-8")
    return body + b"\n"


def _entries(tree: etree._Element) -> list[etree._Element]:
    return [element for element in tree.iter() if element.tag in _ENTRIES]


def _canonical(entry: etree._Element) -> bytes:
    return bytes(etree.tostring(entry, method="c14n", with_tail=False))


def _remove(entry: etree._Element) -> None:
    parent = entry.getparent()
    if parent is not None:
        parent.remove(entry)
