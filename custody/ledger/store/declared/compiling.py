"""From the tables to the texts of the statements: for `make statements`, and for the test that they are right."""

from sqlalchemy import select
from sqlalchemy.sql import ClauseElement

from custody.ledger.store.declared.dialects import dialect_of
from custody.ledger.store.declared.rows import DECLARED
from custody.ledger.store.declared.statements import Statements, own_statements
from custody.ledger.store.declared.statements_of_others import others_by_table, others_statements
from custody.ledger.store.sums import SUMMED
from custody.ledger.store.tables import Kind
from custody.ledger.store.texts import OthersTexts, OwnTexts, TableTexts, Texts, Whole


def compile_texts(kind: Kind) -> Texts:
    """All texts for one kind of database."""
    dialect = dialect_of(kind)

    def text(statement: ClauseElement) -> str:
        return str(statement.compile(dialect=dialect))

    def texts(statements: Statements) -> dict[str, str]:
        return {name: text(statement) for name, statement in statements.items()}

    by_table = {name: texts(statements) for name, statements in others_by_table(kind).items()}
    summed = {name: DECLARED[name].c for name in SUMMED}
    return Texts(
        own=OwnTexts(**texts(own_statements(kind))),
        others=OthersTexts(**texts(others_statements())),
        by_table=TableTexts(**by_table),
        whole={name: Whole(tuple(columns.keys()), text(select(*columns))) for name, columns in summed.items()},
    )
