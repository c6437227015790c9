"""feedsvc publishes a folder of articles as RSS, Atom and JSON feeds.

The road, in one direction:

    SourceFile -> Article -> Catalogue -> Feed -> Document -> Snapshot -> HTTP response
"""
