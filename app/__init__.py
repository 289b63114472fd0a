"""Phieu: sociological surveys for the administrative reform index of a Vietnamese province.

The map, from the doors down; arrows of import point down only (pyproject.toml keeps it so):

    cli, wavecli, keycli, demo …   the command line         serving, main, web   the pages
    sending, delivery, attempts    the mail worker          housekeeping         by the clock
    waves, launch, closing         a wave's life            ballots, casting     a ballot's life
    letters, outbox, mail, relay   the letters              count, unsealing     urn to score sheet
    staff, accounts, factors …     who works at the console  audit, proposals …  the log, two people
    people, corrections, roster…   the roster by hand      preparation, checks  before a launch
    notes, reminders, opening      a wave by the clock     results, overview    what pages show
    enquiries                      what the pages ask       export, spreadsheet, verify
    report, findings, minutes      papers in words          wordfile, wordtables   in Word
    connections                    keys of other programs
    keys, keycontent, pledges      what rows are held to: wavefacts, ballotbonds, accountbonds …
    alterations, repairing         what differs, declared void or set right
    recovery, adoption             copies of keys           what an earlier version left
    workbook, indexbook …          Excel in and out         keys, keyguard · models, db · settings
    saving, questionnaire          pages of a ballot        scoring              tally to points
    index …, indexfile …           the index file           roster, badrows …    the tables
    tokens, urn                    links and seals          language
"""
