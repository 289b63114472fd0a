"""The booth put together: which modules have pages."""

from app.web.booth import booth, front, links, quiet, receipts, record

MODULES = (links, booth, front, receipts, record, quiet)
