"""What is made ready before a launch: indexes, words of letters, the check list.

A step that is done holds for the state of things it was done in: what changes asks for it again.

library   the indexes that were uploaded, every version
annexes   annexes of decisions in hand, of which an index is made
editing   an index edited on the page: what it says now, kept with its faults or as a version
slips     its faults, each at its field
versions  what each version of an index changed, and which waves have which
drafts    a wave that is still a draft: changed or dropped
wordings  what officers wrote for its letters
steps     what has been done already, and for which state of things
agencies  names of agencies that are no unit's, or only nearly
warned    warnings of an index that somebody keeps as they are
keptrows  the refused rows of the last roster file
keptlist  the last roster file in hand: what it was called, what of it waits
tidying   names and addresses that could be tidier
trustees  how far the trustees are
coverage  whether enough people are asked about everything
checks    the check list
lettersahead  how many letters, how long, to whom in vain
"""
