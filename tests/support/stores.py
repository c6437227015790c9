"""A store, and what others do to it."""

from typing import Any

from sqlalchemy import create_engine, text

from feedsvc.catalogue import Store
from feedsvc.model import Catalogue, Document, Problem, Release, Severity, Term, TermKind
from tests.support.builders import NOON

NEWS = Term(kind=TermKind.CATEGORY, slug="news", label="News")
PROBLEM = Problem(path="a.md", line=3, severity=Severity.WARNING, reason="odd")


def document(path: str = "rss.xml", body: bytes = b"<rss/>", **changes: Any) -> Document:
    """A feed, or what is named."""
    return Document(**({"path": path, "media_type": "text/xml", "body": body} | changes))


def publish(store: Store, *documents: Document, **changes: Any) -> int | None:
    """Publish documents, with parts of a `Release` or of the ledger as *changes*."""
    ledger = {name: changes.pop(name, Catalogue()) for name in ("before", "after")}
    over = changes.pop("over", None)
    return store.publish(Release(**{"at": NOON, "documents": documents, **changes}), over=over, **ledger)


def end_other_sessions(url: str) -> None:
    """Do what a restart of the server, or a firewall, does to idle connections."""
    engine = create_engine(url)
    others = "SELECT pg_terminate_backend(pid, 5000) FROM pg_stat_activity WHERE pid <> pg_backend_pid()"
    with engine.connect() as connection:
        connection.execute(text(f"{others} AND datname = current_database()"))
    engine.dispose()
