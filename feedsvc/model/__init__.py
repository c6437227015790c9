"""The values that travel the road from file to feed.

Each is frozen and format-free; none knows where it came from or who will use
it. All datetimes are aware, in whole seconds and of a fixed offset (see
`in_zone`), all paths are POSIX and relative to the articles folder, all URLs
are absolute, percent-encoded ASCII.
"""

from feedsvc.model.article import (
    Article,
    Attachment,
    Author,
    Content,
    Dates,
    Image,
    LeadImage,
    Links,
    Markup,
    Problem,
    Severity,
    SourceFile,
    Templating,
)
from feedsvc.model.catalogue import Catalogue, Record, Term, TermKind, Withdrawal
from feedsvc.model.feed import PRIVATE, Entry, Feed, FeedSpec, Format, Site, Source, Where, Withdrawn
from feedsvc.model.heartbeat import Heartbeat
from feedsvc.model.instant import in_zone
from feedsvc.model.moved import Departed, Departure
from feedsvc.model.query import OWN_LANGUAGE, Composable, Found, Query, Template
from feedsvc.model.readership import (
    ClientReadership,
    Counted,
    PollKey,
    Polls,
    Readership,
    VisitorKey,
    Visits,
    Waits,
)
from feedsvc.model.release import Release
from feedsvc.model.snapshot import Document, Publication, Published, Snapshot
from feedsvc.model.subscriber import Subscriber

__all__ = [
    "OWN_LANGUAGE",
    "PRIVATE",
    "Article",
    "Attachment",
    "Author",
    "Catalogue",
    "ClientReadership",
    "Composable",
    "Content",
    "Counted",
    "Dates",
    "Departed",
    "Departure",
    "Document",
    "Entry",
    "Feed",
    "FeedSpec",
    "Format",
    "Found",
    "Heartbeat",
    "Image",
    "LeadImage",
    "Links",
    "Markup",
    "PollKey",
    "Polls",
    "Problem",
    "Publication",
    "Published",
    "Query",
    "Readership",
    "Record",
    "Release",
    "Severity",
    "Site",
    "Snapshot",
    "Source",
    "SourceFile",
    "Subscriber",
    "Template",
    "Templating",
    "Term",
    "TermKind",
    "VisitorKey",
    "Visits",
    "Waits",
    "Where",
    "Withdrawal",
    "Withdrawn",
    "in_zone",
]
