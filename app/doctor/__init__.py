"""What is wrong with an installation, and what to do about it.

Looks only: nothing is migrated, made, sent or written. What a supervisor asks every few seconds
(`/ready`) and what a person asks once (`phieu doctor`) look with the same eyes.

finding    one thing that was looked at, and how it stands
clocks     whether the time here can be believed
inside     database, tables, keys, letters, backups
machine    the key file's rights, room on the disk
reaching   relay, the process that sends, the address in links and its certificate
"""
