from tests.making.compiled import compiled_once

__all__ = ["compiled_once"]
