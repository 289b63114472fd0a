"""The pages: what a browser, a probe or the scoring system can ask over HTTP.

frame     ASGI: headers of every answer, the access log, what happens on a crash
throttle  how often one address may be wrong      limits  the same over all processes
assets    style sheet, script, icon
pages     templates, the house, links and cookies
forms     posted forms: size, encoding, origin, ticket
errors    a page for everything that can go wrong
booth     the respondent's pages       front   what needs no ballot
health    alive, ready
"""
