"""The teeth of the suite: `make mutants` breaks a module in many small ways and sees what notices.

mutants: the ways to break a module's source. trial: the tests against one of them, in memory.
explained.toml: those that no test can notice, each with its reason.
"""
