"""What is wrong with an installation, and what to do about it.

Looks only: nothing is migrated, made, sent or written. What a supervisor asks every few seconds
(`/ready`) and what a person asks once (`phieu doctor`) look with the same eyes.

finding    one thing that was looked at, and how it stands
clocks     whether the time here can be believed
"""
