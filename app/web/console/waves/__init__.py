"""A wave until it is closed: made, prepared, launched, watched, ended.

waves         before its launch: made, changed, dropped
waveform      its form, field by field
rehearsal     tried with a few people
letters       the words of the letters
letterfields  what can be written in them
preview       a ballot as its respondent will see it
checklist     what a draft lacks, and what was seen of it
proving       the test letter, the recovery copy
launch        Phát phiếu
watch         Theo dõi
watchpictures  its charts as pictures
casts         what came in, by group and by day
course        its charts by day, beside an even course
altered       Phiếu bị sửa
together      what two people do together
asked         what waits for a second person anywhere
ending        extended, closed, cancelled
"""
