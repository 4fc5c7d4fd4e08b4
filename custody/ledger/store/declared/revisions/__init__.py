"""Each schema's difference to the one before, for Alembic. A revision that was released is not changed again: it says
what ledgers of its time are like, not what the tables are like today."""
