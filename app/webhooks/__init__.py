"""What other programs are told by themselves: that there is a new score sheet.

A message names wave, sheet, digest and where to read it, and no score. It goes over https to an
address of the Internet and never into a network of ours, whatever a name resolves to.

addresses  what an address has to look like
networks   where it may lead
posting    one message handed over
signing    secrets, and what a message is signed with
hooks      the address of a key of connection, and its secret
calls      what is to be told, when again, and what became of it
"""
