"""The urn in the database: sealed rows put in, stirred, read.

What is put in cannot be told from what was there: at each cast other rows are written anew beside
the new one, each under a random key and a new cover (`keys.cover`), and at the closing all of them.

rows  the table: put in, stir, read, count, empty
"""
