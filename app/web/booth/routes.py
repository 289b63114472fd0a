"""The booth put together: which modules have pages."""

from app.web.booth import booth, front, links, quiet, receipts, record

MODULES = (links, booth, front, receipts, record, quiet)


def may_come_twice(path: str) -> bool:
    """Whether a page takes the same form twice as it takes it once: a link that is opened, a page
    that is saved, a ballot that is cast."""
    return path.startswith(("/p/", "/phieu/"))
