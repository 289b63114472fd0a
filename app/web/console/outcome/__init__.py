"""After the close: the urn opened, results looked at, files handed out.

unseal        Mở hòm phiếu, and the score
externals     Kết quả lấy từ nơi khác
shown         what an address of the results asks for
results       Kết quả: all units, one unit, one leaf
questions     Kết quả question by question, and comments
exports       Xuất báo cáo
unitfiles     the sheets of units, the head of the papers
minutespages  Biên bản
"""
