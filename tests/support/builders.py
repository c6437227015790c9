"""Values that are valid by default; a test names only what it is about."""

from dataclasses import fields
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from feedsvc.model import (
    Article,
    Attachment,
    Author,
    Content,
    Dates,
    Entry,
    Feed,
    FeedSpec,
    Image,
    LeadImage,
    Links,
    Problem,
    Record,
    Severity,
    Site,
    SourceFile,
)

NOON = datetime(2026, 5, 1, 12, tzinfo=UTC)


def make_article(**changes: Any) -> Article:
    """An article that says where it lies and what it is called.

    A date or a link may be named without its group, and `image` is the reference to the lead image.
    """
    image = changes.pop("image", None)
    defaults: dict[str, Any] = {
        "path": "hello.md",
        "title": "Hello",
        "slug": "hello",
        "body": "Hello, world.",
        "dates": Dates(**_taken(changes, Dates)),
        "links": Links(**_taken(changes, Links)),
        "lead_image": None if image is None else LeadImage(reference=image),
    }
    return Article(**(defaults | changes))


def _taken(changes: dict[str, Any], group: type[Dates | Links]) -> dict[str, Any]:
    return {field.name: changes.pop(field.name) for field in fields(group) if field.name in changes}


def make_file(path: str, **changes: Any) -> SourceFile:
    """A file of one byte in the folder of articles."""
    defaults: dict[str, Any] = {
        "path": path,
        "location": Path(path),
        "size": 1,
        "stamp": (0,),
        "modified": 0.0,
    }
    return SourceFile(**(defaults | changes))


def make_problem(**changes: Any) -> Problem:
    """A warning about the third line of an article."""
    defaults: dict[str, Any] = {"path": "a.md", "line": 3, "severity": Severity.WARNING, "reason": "no title"}
    return Problem(**(defaults | changes))


def make_record(**changes: Any) -> Record:
    """A published record, dated NOON."""
    published = changes.get("published", NOON)
    defaults: dict[str, Any] = {
        "key": 1,
        "id": "urn:uuid:5b6f6a52-5c0e-5f3a-9a55-6f1f6f2d3a01",
        "sequence": 1,
        "slug": "hello",
        "url": "https://example.org/hello/",
        "published": published,
        "updated": published,
        "article": make_article(),
    }
    return Record(**(defaults | changes))


def make_content(**changes: Any) -> Content:
    """The body of `make_article`, rendered."""
    return Content(**({"html": "<p>Hello, world.</p>", "excerpt": "Hello, world."} | changes))


def make_image(**changes: Any) -> Image:
    """A measured picture."""
    defaults: dict[str, Any] = {
        "url": "https://example.org/hello.png",
        "alt": "A wave",
        "media_type": "image/png",
        "length": 12345,
        "width": 640,
        "height": 480,
    }
    return Image(**(defaults | changes))


def make_site(**changes: Any) -> Site:
    """A public site in English, in UTC."""
    defaults: dict[str, Any] = {
        "title": "Example",
        "description": "Notes from an example",
        "url": "https://example.org",
        "feeds_url": "https://example.org",
        "public": True,
        "namespace": "example.org",
        "language": "en",
        "timezone": UTC,
    }
    return Site(**(defaults | changes))


def make_spec(**changes: Any) -> FeedSpec:
    """The feed of everything."""
    return FeedSpec(**({"title": "Example"} | changes))


def make_entry(**changes: Any) -> Entry:
    """An entry with full content, dated NOON."""
    published = changes.get("published", NOON)
    image = changes.get("image")
    loaded = image and Attachment(url=image.url, media_type=image.media_type, length=image.length)
    defaults: dict[str, Any] = {
        "id": "urn:uuid:5b6f6a52-5c0e-5f3a-9a55-6f1f6f2d3a01",
        "url": "https://example.org/hello/",
        "title": "Hello",
        "published": published,
        "updated": published,
        "excerpt": "Hello, world.",
        "content": "<p>Hello, world.</p>",
        "attachments": (loaded,) if loaded else (),
    }
    return Entry(**(defaults | changes))


def make_feed(**changes: Any) -> Feed:
    """The feed of everything with one entry."""
    defaults: dict[str, Any] = {
        "id": "urn:uuid:0d5e8c3e-1d5c-5d5e-8b0a-0c6f0f1a2b3c",
        "title": "Example",
        "description": "Notes from an example",
        "home": "https://example.org/",
        "base": "https://example.org",
        "folder": "",
        "updated": NOON,
        "language": "en",
        "authors": (Author(name="Example"),),
        "every": 3600,
        "entries": (make_entry(),),
    }
    return Feed(**(defaults | changes))
