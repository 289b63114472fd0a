"""Write docs/vectors/ anew."""

from tests.vectors import sealed
from tests.vectors.files import FOLDER, made

for name, data in (made() | sealed.made()).items():
    (FOLDER / name).write_bytes(data)
