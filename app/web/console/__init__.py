"""The console of the Sở Nội vụ: a file per noun, each with its guards.

desk      who is signed in, what was posted, how a page is drawn
posts     fields and files of a form
waveline  what every page says of its wave
faults    what the console says when something goes wrong
log       Nhật ký
"""

from app.web.console import log
from app.web.console.faults import install, last_resort

# The order matters where addresses overlap: the more exact one comes first.
MODULES = (log,)

__all__ = ["MODULES", "install", "last_resort"]
