"""Sửa trên trang: a bộ chỉ số of the library edited in the browser, sheet by sheet.

sections  the pages of an index, one or two sheets each
fields    rows of texts as fields with labels, notes and faults
typed     what a form of such fields says
show      the way in, and each page
saving    kept as a version, or with its faults; two officers at once
"""
