"""Looking through a tree of HTML."""

from bs4 import Tag


def tags_within(tag: Tag, *names: str) -> list[Tag]:
    """Return the tags within, in order; much faster than `find_all` with several names."""
    within = [node for node in tag.descendants if isinstance(node, Tag)]
    return [node for node in within if node.name in names] if names else within


def classes_of(tag: Tag) -> list[str]:
    """Return the classes of a tag."""
    return [name for name in tag.get_attribute_list("class") if name] if "class" in tag.attrs else []
