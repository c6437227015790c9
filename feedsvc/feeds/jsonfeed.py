"""JSON Feed 1.1."""

import json
from typing import Any

from feedsvc.feeds.addresses import address
from feedsvc.feeds.extensions import media_type
from feedsvc.feeds.fragments import described, picture_alone
from feedsvc.feeds.xml_safe import labels_of, legible
from feedsvc.model import Attachment, Author, Entry, Feed, Format


def render_json(feed: Feed) -> bytes:
    """Return *feed* as JSON Feed 1.1 in UTF-8; the same feed always gives the same bytes."""
    feed = legible(feed)
    document = _without_blanks(
        version="https://jsonfeed.org/version/1.1",
        title=feed.title,
        home_page_url=feed.home,
        feed_url=address(feed, Format.JSON) if feed.keyed or not feed.private else None,
        description=feed.description,
        icon=feed.icon or feed.logo,
        favicon=feed.icon,
        language=feed.language,
        **_authors(feed.authors),
        hubs=[{"type": "WebSub", "url": hub} for hub in feed.hubs],
    )
    document["items"] = [_entry(entry) for entry in feed.entries]  # demanded, even if there are none
    return (json.dumps(document, ensure_ascii=False, indent=2) + "\n").encode()


def _entry(entry: Entry) -> dict[str, Any]:
    members = _without_blanks(
        id=entry.id,
        url=entry.url,
        external_url=entry.source and entry.source.url,
        title=entry.title,
        summary=entry.excerpt,
        image=entry.image and entry.image.url,
        banner_image=entry.banner and entry.banner.url,
        date_published=entry.published.isoformat(),
        date_modified=entry.updated.isoformat(),
        **_authors(entry.authors),
        tags=list(labels_of(entry)),
        language=entry.language,
        attachments=[_attachment(attachment) for attachment in entry.attachments],
    )
    return members | _body(entry)


def _body(entry: Entry) -> dict[str, str]:
    """Return the text of an entry; one of the two members is demanded, even if it is empty."""
    if entry.content is not None:
        return {"content_html": entry.content}
    return {"content_html": described(entry)} if picture_alone(entry) else {"content_text": entry.excerpt}


def _attachment(attachment: Attachment) -> dict[str, Any]:
    return _without_blanks(
        url=attachment.url,
        mime_type=media_type(attachment),
        title=attachment.title,
        size_in_bytes=attachment.length,
        duration_in_seconds=attachment.duration,
    )


def _authors(authors: tuple[Author, ...]) -> dict[str, Any]:
    members = [_without_blanks(name=author.name, url=author.uri) for author in authors]
    # `author` is of version 1.0; many readers know no other.
    return {"authors": members, "author": members[0]} if members else {}


def _without_blanks(**members: Any) -> dict[str, Any]:
    return {name: value for name, value in members.items() if value}
