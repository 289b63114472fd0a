"""The page of a trustee, behind one link from the making of their key to the opening of the urn.

The link is the right to it. A phrase never comes here: the browser makes it, and opens with it.

view    what is due now, and what the page says
routes  the page, and what it sends
"""
