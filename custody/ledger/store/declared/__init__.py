"""The tables, and what is made from them: what creates and upgrades a database, and the statements, to be compiled.

Here SQLModel, SQLAlchemy and Alembic are at home. They take three times as long to load as a command takes, so commands
enter only where a table is made, changed or compared; what they run are the texts beside this folder (texts.py).
"""
