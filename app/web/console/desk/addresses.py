"""What an address of the console may hold. Imported before the first route is made."""

from starlette.convertors import IntegerConvertor, register_url_convertor


class _KeyConvertor(IntegerConvertor):
    """A number in an address is the key of a row; no table of ours counts beyond nine digits."""

    regex = "[0-9]{1,9}"


register_url_convertor("int", _KeyConvertor())
