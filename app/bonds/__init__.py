"""What the key file holds rows to, so that a row of the database by itself decides nothing.

Rows over votes, secrets and letters carry a MAC or have a slot in the key file, and are checked
where they are used. What differs is *altered*: told by name, never silently counted or left out.

macs          MACs over what a row says
pledges       what the key file is told before a commit and after it
wavefacts     what a wave is held to
ballotfacts   what a ballot is held to
accountfacts  what an account is held to
erasing       the same once its people are erased
nameless      what the key file keeps of their ballots, made to say nothing of them
keptsums      what was counted of rows that are erased: for people to read, held to nothing
origins       who put whom on a roster: for people to read, held to nothing
refused       a verb that cannot be done now
"""
