"""The console put together: which modules have pages, and in which order they are asked."""

from app.web.console import guide, home, index, indexes, log, menu
from app.web.console.annex import settling, upload
from app.web.console.door import (
    accounts,
    colleagues,
    connections,
    entry,
    masterkey,
    secondfactor,
    signin,
    tellings,
)
from app.web.console.editing import saving, show
from app.web.console.lists import (
    additions,
    agencies,
    columns,
    corrections,
    failed,
    intake,
    mending,
    origins,
    person,
    readdress,
    readdressall,
    removals,
    reopening,
    roster,
    rosterfiles,
    tidying,
    unrated,
    waiting,
)
from app.web.console.outcome import (
    appraised,
    choices,
    commentfiles,
    exports,
    externals,
    groups,
    minutespages,
    pictures,
    press,
    questions,
    results,
    sure,
    unitfiles,
    unseal,
    whole,
    years,
)
from app.web.console.privacy import oneperson, overview
from app.web.console.trustees import pages as trustees
from app.web.console.waves import (
    altered,
    ending,
    launch,
    letters,
    preview,
    proving,
    rehearsal,
    reminding,
    together,
    watch,
    watchpictures,
    waves,
)

# The order matters where addresses overlap: the more exact one comes first.
MODULES = (
    *(home, menu, signin, entry, secondfactor, masterkey, accounts, colleagues),
    *(indexes, index, preview, show, saving, upload, settling),
    *(waves, rehearsal, roster, intake, rosterfiles, agencies, origins),
    *(columns, waiting, mending, tidying, unrated),
    *(
        additions,
        failed,
        readdressall,
        person,
        corrections,
        readdress,
        removals,
        reopening,
        oneperson,
    ),
    *(launch, proving, trustees, letters, watch, watchpictures, reminding, ending, together),
    *(
        unseal,
        externals,
        appraised,
        whole,
        altered,
        results,
        sure,
        years,
        pictures,
        groups,
        choices,
        questions,
        commentfiles,
        unitfiles,
    ),
    *(exports, minutespages, press),
    *(connections, tellings, log, overview, guide),
)
