"""Types of columns that mean the same in each kind of database.

PostgreSQL's own integer ends in 2038, and its order of text is a matter of the country: ours is that of the bytes.
"""

from typing import Any

from sqlalchemy import BigInteger, Integer, String

NUMBER: Any = BigInteger().with_variant(Integer(), "sqlite")
TEXT: Any = String().with_variant(String(collation="C"), "postgresql")
