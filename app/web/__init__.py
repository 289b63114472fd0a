"""The pages: what a browser, a probe or the scoring system can ask over HTTP.

GET looks, POST acts, 303 follows. Every route has a guard, every page of a fault says what to do
next, and no line of the access log holds a link or an address.

booth/     the respondent's pages
console/   the pages of the Sở Nội vụ
api/       score sheets for other programs
trustees/  the page of a trustee
press      what the council has released of a wave, for everybody
health     alive, ready
metrics    the figures for Prometheus, to whoever knows the word
meters     what requests are counted as
house      what an app was made of; who asks: the cookie of a ballot, wrong tries
verifier   the page that recomputes an exported sheet in the browser
pages      templates, and how they are drawn
forms      posted forms: size, encoding, origin
posts      posted forms with files
faults     what is said of everything that can go wrong: a table for each door
heatcells  the cells of a heat map
padding    one length for a page, whatever was answered on it
assets     style sheet, scripts, icon
frame      ASGI: headers of every answer, the access log, what happens on a crash
again      a request asked again that finds the database away
bounds     what a request may take before anything is done with it
listening  how long the server waits for the head of a request
throttle   how often one address may be wrong
limits     the same over all processes
"""
