"""The console put together: which modules have pages, and in which order they are asked."""

from app.web.console import home, index, indexes, log, menu
from app.web.console.door import (
    accounts,
    colleagues,
    connections,
    entry,
    masterkey,
    secondfactor,
    signin,
)
from app.web.console.lists import (
    additions,
    agencies,
    columns,
    corrections,
    intake,
    mending,
    origins,
    person,
    readdress,
    removals,
    roster,
    rosterfiles,
    tidying,
    unrated,
    waiting,
)
from app.web.console.outcome import exports, externals, minutespages, questions, results, unseal
from app.web.console.waves import (
    altered,
    ending,
    launch,
    letters,
    preview,
    proving,
    rehearsal,
    together,
    watch,
    waves,
)

# The order matters where addresses overlap: the more exact one comes first.
MODULES = (
    *(home, menu, signin, entry, secondfactor, masterkey, accounts, colleagues),
    *(indexes, index, preview),
    *(waves, rehearsal, roster, intake, rosterfiles, agencies, origins),
    *(columns, waiting, mending, tidying, unrated),
    *(additions, person, corrections, readdress, removals),
    *(launch, proving, letters, watch, ending, together),
    *(unseal, externals, altered, results, questions, exports, minutespages),
    *(connections, log),
)
