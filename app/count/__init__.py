"""From the urn to the tally to the kept score sheet.

An urn is opened once, after the close, and counted twice; whole ballots are never written. What an
opening wrote and each sheet are held to the key file.

unsealing    the opening: what it writes, what it erases
opening      the opening beside other work, with its progress
adding       the urn added up, twice
masks        the items of an index as masks over a ballot's bytes
tallies      what an opening wrote, read back and held to the key file
scoresheets  score sheets, numbered, never changed
adoption     what an earlier version did, taken over as it stands
"""
