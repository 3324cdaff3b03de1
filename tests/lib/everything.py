"""A fingerprint of every row of every table: what is refused changes none."""
import contextlib

# When a session was last used, and a device last said Hello, is written once a minute, whatever is asked.
BY_THE_CLOCK = {table: f"(SELECT to_jsonb(s) - 'seen_at' FROM {table} AS s)" for table in ("session", "device")}


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
            f"SELECT '{table}', md5(coalesce(string_agg(t::text, ',' ORDER BY t::text), '')) FROM {BY_THE_CLOCK.get(table, table)} AS t"
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
