"""The command line `phieu`: thin, the verbs of the packages for whoever sits at the server.

Exit status: 0 done, 1 refused with a reason and a remedy on stderr, 2 wrong usage.

main      which commands there are; refusals told
lazy      commands read when they are called
refusals  what is a refusal, and its words
indexes   `phieu check`, `sample`, `forms`
shipped   the indexes that come with the program
starting  `phieu serve`, `demo`
sending   `phieu send`
verifying  `phieu verify`
logs      how lines of the log are written
serving   `phieu serve`: settings, migrations, left-overs, then the server
wave      `phieu wave …`: which commands there are
waveverbs  `phieu wave …`: one command per verb, until the close
status    `phieu wave status`
outcome   `phieu wave unseal`, `score`, `whole`, `export`
privacy   `phieu purge`
minutes   `phieu wave minutes`
years     `phieu wave compare`
record    `phieu wave record`, `record-key` and `phieu watch`
trustees  `phieu wave trustees`, `trustee`, `shares`, `share`, and `phieu trustee`
wavemend  `phieu wave repair`, `accept`, `void-altered`
staff     `phieu staff …` and `phieu audit …`
keys      `phieu keys …`
doctor    `phieu doctor`
readonly  `phieu readonly on`, `off`, `status`
mail      `phieu mail test`, `phieu mail bounces`
backup    `phieu backup`, `phieu restore`
files     what is read from files, and what to look at in it
terminal  the workshop, progress, times
demo/     `phieu demo`
"""
