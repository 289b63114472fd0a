"""What other programs ask: score sheets and their parts, under `/api/v1`, and the addresses from
before it, under `/api`, which go on as they were.

For programs: every answer is JSON, and every refusal a problem (RFC 9457) that says what to do. A
program sends a key of connection in the header Authorization; nowhere else, since addresses end up
in logs. Reference: docs/api.md.

door      what is said of faults, and how
callers   who asks: the guards
sheets    the sheets that there are for programs
tags      what a program has already: ETag and If-None-Match
cursors   long lists, page by page
old       the addresses from before v1
v1        waves, units, criteria, scores
more      what is made of sheets: compared with another year, with appraised points
parts     what `more` is made of
document  /openapi.json, put together
shapes    the shapes of what is answered, in its words
routes    all of it
"""
