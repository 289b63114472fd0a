"""Phieu: sociological surveys for the administrative reform index of a Vietnamese province.

A package per noun; arrows of import point down only (`pyproject.toml` keeps it so). Each package
says in its `__init__.py` what it owns; docs/architecture.md walks through them, with the way of a
ballot and of a letter.

__main__       `python -m app`
commands/      the command line and the demo
main           the web app, put together
web/           the pages
privacy/       personal data erased by its dates or on request
worker/        what goes by the clock
doctor/        what is wrong with an installation, and what to do
mending/       database and key file set right with each other
count/         urn to tally to kept score sheet
preparation/   what is made ready before a launch
waves/         a wave's life
bounces/       letters that came back
postmaster/    relay and DNS, looked at before they fail
trustees/      who holds the keys of an urn together
urn/           sealed ballots in the database: put in, stirred, read
webhooks/      other programs told of new sheets
ballots/       a ballot's life
papers/        Excel, Word, CSV and JSON, in and out
staff/         who works at the console
letters/       from a queued letter to the relay's answer
audit/         the chained log
record/        the public record of a wave
backup/        the database written into a file, and put back
bonds/         what the key file holds rows to
keys/          links, seals, secrets
roster/        who is asked
scores/        tally to points, and all that is said of points
annex/         the annex of a decision, understood as an index
precision/     how sure a result is
years/         years side by side
index/         the index of a year
settings       the environment, read once
settingpaths   what lies where a setting points to
settingvalues  one setting at a time
store/         the database and its tables
text/          words and tables that people typed
language       words for people
folders        where templates, migrations and indexes lie
"""
