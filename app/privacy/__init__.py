"""Personal data: kept until its date, erased then, or when somebody asks.

Whatever is erased leaves a report and a line of the log, which name nobody, and all that has to
work afterwards works. Nothing here tells who has cast.

dates     until when what is kept
purging   what is due erased, and reported
erasing   one person erased on request
copying   what is held about one person, for that person
wording   words for what is erased
"""
