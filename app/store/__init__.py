"""The database: the only place that opens a session, and the tables.

A transaction either happens whole or not at all, on SQLite and PostgreSQL alike. Rows say nothing
of themselves that the key file does not hold them to (`app.bonds`).

db            engine, `transaction()`, `reading()`
plain         the few statements of every page of a ballot, without a session
addresses     an address of several machines
postgresql    the engine of PostgreSQL, behind a pooler too
trying        what work has to know that may be done again
clock         its clock, in a look-up
models        the tables of waves, ballots and letters
resultmodels  the tables of results
officemodels  the tables of the office
staffmodels   the tables of its people
trusteemodels  the tables of committee mode
webhookmodels  the tables of what other programs are told
upkeep        the switch that lets nothing be written
upkeepmodels  its table
soundness     whether the tables are this program's, and the file is sound
privacymodels  the table of what was erased of personal data
rewriting     tables of PostgreSQL written anew, so that nothing lingers
migrating     the tables brought to a version of them, beside whoever works with them
alive         whether a connection that waited is still there
pool          how many connections a process has
turns         whose turn it is, on PostgreSQL
bundles       small things written down in bundles
"""
