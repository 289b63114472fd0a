"""Write docs/vectors/ anew."""

from tests.vectors.files import FOLDER, made

for name, data in made().items():
    (FOLDER / name).write_bytes(data)
