"""A wave until it is closed: made, prepared, launched, watched, ended.

waves     before its launch: made, changed, dropped, rehearsed
waveform  its form, field by field
letters   the words of the letters
preview   a ballot as its respondent will see it
launch    Phát phiếu
watch     Theo dõi
altered   Phiếu bị sửa
together  what two people do together
ending    extended, closed, cancelled
"""
