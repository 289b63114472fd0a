"""Ủy viên giữ khóa: who opens an urn together, how far they are, what an officer does for them.

pages    the list, its form, a letter once more, a place opened again
"""
