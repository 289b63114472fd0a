"""A whole wave with nothing left to chance: `python -m tests.golden_wave FOLDER`.

Every page, letter and file it gives away is kept in the folder, and what is left of it at the end:
database and key file. Two runs, of one state of the program or of two that should do the same, give
folders that `diff -r` finds alike. The half of it is what tests/golden keeps.

stilled     a process without chance: its clock, its draws
album       what is kept, as files
world       who works on the wave and who answers
preparing   accounts, index, roster, letters, launch
collecting  ballots and what goes wrong with them, deeds about single people
half        the wave half way, kept and brought to its end by the verbs
ending      close, unseal, score, exports, commands, and what no wave needs
"""
