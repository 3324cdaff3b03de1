"""A fingerprint of every row of every table: what is refused changes none."""
import contextlib


class Everything:
    def __init__(self, shop):
        self.connection = shop.cluster.connect("owner")
        self.connection.autocommit = True
        self.cursor = self.connection.cursor()
        self.cursor.execute(
            "SELECT relname FROM pg_class WHERE relkind = 'r' AND relnamespace = 'public'::regnamespace ORDER BY relname"
        )
        self.tables = [name for (name,) in self.cursor.fetchall()]
        self.question = " UNION ALL ".join(
            f"SELECT '{table}', md5(coalesce(string_agg(t::text, ',' ORDER BY t::text), '')) FROM {table} AS t"
            for table in self.tables
        )

    def close(self):
        self.connection.close()

    def rows(self):
        """Table: a digest of its rows."""
        self.cursor.execute(self.question)
        return dict(self.cursor.fetchall())

    @contextlib.contextmanager
    def unchanged(self, *but):
        """No row of any table changes meanwhile, those named excepted."""
        before = self.rows()
        yield
        after = self.rows()
        assert [table for table in self.tables if table not in but and before[table] != after[table]] == []
