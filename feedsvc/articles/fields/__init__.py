"""Front-matter values to the types that articles have, whatever shape they came in."""

from feedsvc.articles.fields.addresses import comments_of, permalink_of, source_title_of, web_of
from feedsvc.articles.fields.attachments import attachments_of, duration_of
from feedsvc.articles.fields.labels import labels_of, loses_values
from feedsvc.articles.fields.people import authors_of, email_of, unusable_emails, unusable_uris
from feedsvc.articles.fields.pictures import PICTURE_KEYS, picture_of
from feedsvc.articles.fields.scalars import (
    caption_of,
    is_blank,
    line_of,
    number_of,
    share_of,
    text_of,
    title_of,
    truth_of,
)
from feedsvc.articles.fields.switches import held_back

__all__ = [
    "PICTURE_KEYS",
    "attachments_of",
    "authors_of",
    "caption_of",
    "comments_of",
    "duration_of",
    "email_of",
    "held_back",
    "is_blank",
    "labels_of",
    "line_of",
    "loses_values",
    "number_of",
    "permalink_of",
    "picture_of",
    "share_of",
    "source_title_of",
    "text_of",
    "title_of",
    "truth_of",
    "unusable_emails",
    "unusable_uris",
    "web_of",
]
