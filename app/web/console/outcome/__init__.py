"""After the close: the urn opened, results looked at, files handed out.

unseal        Mở hòm phiếu
results       Kết quả
exports       Xuất báo cáo
minutespages  Biên bản
"""
