"""Looking through a tree of HTML; all of it much faster than `find_all` and its like."""

from bs4 import Tag


def tags_within(tag: Tag, *names: str) -> list[Tag]:
    """Return the tags within, in order."""
    within = [node for node in tag.descendants if isinstance(node, Tag)]
    return [node for node in within if node.name in names] if names else within


def stands_in(tag: Tag, *names: str) -> bool:
    """Return whether a tag has one of these names around it."""
    return any(parent.name in names for parent in tag.parents)


def classes_of(tag: Tag) -> list[str]:
    """Return the classes of a tag."""
    return [name for name in tag.get_attribute_list("class") if name] if "class" in tag.attrs else []
