"""How sure a result is: standard errors, intervals, response rates, ballots of one level. Pure.

What is said here changes no score. docs/scores.md has the formulas with their sources. Sums of
ballots come in from the count and are gone with it; what is kept is coarse on purpose, and is
worth no more than the tally beside it.

linear     how much each answer counts in the percent of a unit
student    the quantile that an interval needs
variance   sums over ballots to the variance of a percent, groups as strata
kept       what an opening keeps of all this, as coarse as it may be
levels     ballots that answer everything with one level
response   how many of those who were asked have answered, by agency
margins    what pages and papers say of it: intervals, and pairs that cannot be told apart
"""
