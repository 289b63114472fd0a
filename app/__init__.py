"""Phieu: sociological surveys for the administrative reform index of a Vietnamese province.

The map, from the doors down; arrows of import point down only (pyproject.toml keeps it so):

    cli, wavecli, demo      the command line
    main, web               the pages
    sending                 the mail worker
    waves, launch, closing  a wave's life        ballots, casting   a ballot's life
    letters                 the outbox           count, unsealing   from urn to score sheet
    export, spreadsheet, verify · mail · workbook · keys · models, db · settings
    scoring                 from tally to points
    index…, roster, external, questionnaire, tokens, urn
    language
"""
