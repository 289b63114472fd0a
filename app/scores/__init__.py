"""From a tally to points, and all that is said of points. Pure.

Numbers are exact fractions until the last line, which one function rounds. What pages, workbooks,
reports and minutes say is made here once.

cells            the cells of a tally: which counts may be kept
scoring          the score sheet of an index and a tally
whole            appraised and surveyed points joined
wholeresults     what pages and papers of the whole index show
wholepaper       the whole index in the report
components       points by component
answers          what was answered to the questions
choices          what was said to the questions that only ask
workings         the sum behind a number, as with pencil and paper
figures          shares, and changes against an earlier wave
press            what everybody gets to read of a released sheet
charts           numbers to the geometry of a chart
sureness         how sure the results are
nearties         units that look alike and are ranked apart
drawings         charts of columns and of bars, on a page and as files
heatmap          the map of a block: units by leaves or components
results          what the pages of results show
narrowing        the same of one block, class or component
bygroup          how each group rates, from the cells
report           the report to the appraisal council
ranking          its ranking
extremes         its best and worst criteria
componenttables  its tables of components
choicetables     its tables of questions that only ask
findings         what changed since an earlier sheet, and what has no data
changes          what changed of each unit and component
yearwords        the same in sentences
lines            several years in a row
turnout          ballots issued and received by group
course           what papers say beside the sheet
unitsheet        what one unit gets to read
urnsums          what an urn held, and that it adds up
minutes          the words of the minutes of an opening
closingminutes   those of a closing
closingsums      whether the numbers of a closing fit each other
keyholders       who kept the key of an urn
protection       what each way of keeping it protects
letterhead       the head of a paper: two bodies, sign, place
paper            an official paper without a look
"""
