"""The booth put together: which modules have pages."""

from app.web.booth import booth, front, links, quiet, receipts

MODULES = (links, booth, front, receipts, quiet)
