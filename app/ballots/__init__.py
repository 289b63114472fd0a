"""A ballot's life: found, begun, saved page by page, cast.

It is cast once or not at all, in one transaction, and leaves no time and no answer in the clear.

ballot         a ballot found, by its link or access code
drafts         its draft: begun, read, changed
questionnaire  its pages, in their order
page           one of them, and what it asks
progress       how far it is, part by part
saving         what a posted page does to the draft
casting        the draft sealed into the urn, exactly once
copies         letters that somebody asks for again
enquiries      what may be asked without opening a ballot
"""
