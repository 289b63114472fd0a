"""After the close: the urn opened, results looked at, files handed out.

unseal        Mở hòm phiếu, and the score
externals     Kết quả lấy từ nơi khác
appraised     Điểm thẩm định, and the sheet of the whole index made
whole         Cả bộ chỉ số
shown         what an address of the results asks for
results       Kết quả: all units, one unit, one leaf
sure          Kết quả: how sure it is
years         So với năm trước
groups        Kết quả by group
choices       Kết quả of the questions that only ask
questions     Kết quả question by question, and comments
commentfiles  Góp ý as a workbook
pictures      the ranking as a picture
exports       Xuất báo cáo
unitfiles     the sheets of units, the head of the papers
minutespages  Biên bản
press         Công bố kết quả
"""
