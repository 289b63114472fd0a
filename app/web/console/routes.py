"""The console put together: which modules have pages, and in which order they are asked."""

from app.web.console import home, indexes, log
from app.web.console.door import accounts, connections, entry, masterkey, signin
from app.web.console.lists import (
    additions,
    agencies,
    origins,
    people,
    readdress,
    removals,
    roster,
    rosterfiles,
)
from app.web.console.outcome import exports, minutespages, results, unseal
from app.web.console.waves import altered, ending, launch, letters, preview, together, watch, waves

# The order matters where addresses overlap: the more exact one comes first.
MODULES = (
    home,
    signin,
    entry,
    masterkey,
    accounts,
    indexes,
    preview,
    waves,
    roster,
    rosterfiles,
    agencies,
    origins,
    additions,
    people,
    readdress,
    removals,
    launch,
    letters,
    watch,
    ending,
    together,
    unseal,
    altered,
    results,
    exports,
    minutespages,
    connections,
    log,
)
