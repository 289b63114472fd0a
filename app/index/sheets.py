"""The sheets and columns of an index as an Excel workbook: what reading and writing agree on.

Pure. The words are those officers meet; each column names the key of docs/index-file.md that it
holds. A list has one row per entry; other sheets have one row per key, its title on the left.
"""

from app.index.keysheets import KEY_SHEETS
from app.index.listsheets import LIST_SHEETS
from app.language import _

GUIDE = _("Hướng dẫn")
EXAMPLE = _("Ví dụ:")  # what a row begins with that is there to be read, not used
ENTRY = (_("Mục"), _("Nội dung"), _("Giải thích"))  # the columns of a sheet that is no list

LAYOUTS = (*KEY_SHEETS, *LIST_SHEETS)
LAYOUT_OF = {layout.key: layout for layout in LAYOUTS}
