-- The shop's printers on its network, and what waits for them: the server prints it, and no till.

-- A printer and how its queue stands. What people call it by is its name; one that is removed keeps its row, for who makes it anew.
-- Of a queue one server at a time takes the jobs in order: due_at says when the next one may take it, turn how often it was taken, and
-- who has not the turn any more notes nothing.
CREATE TABLE printer (
    id           object_id   PRIMARY KEY,
    shop_id      object_id   NOT NULL REFERENCES shop,
    name         text        NOT NULL CHECK (length(name) BETWEEN 1 AND 40),
    host         text        NOT NULL CHECK (length(host) BETWEEN 1 AND 100),
    port         integer     NOT NULL CHECK (port BETWEEN 1 AND 65535),
    column_count smallint    NOT NULL CHECK (column_count IN (32, 42, 48)),
    code_page    smallint    NOT NULL CHECK (code_page BETWEEN 1 AND 3), -- 1 PC437, 2 PC858, 3 WPC1252
    removed      boolean     NOT NULL,
    job_count    bigint      NOT NULL CHECK (job_count >= 0),            -- the number of its last job
    waiting      integer     NOT NULL CHECK (waiting BETWEEN 0 AND 1000),
    turn         bigint      NOT NULL CHECK (turn >= 0),
    due_at       timestamptz,                                            -- null: nothing waits
    node         integer,                                                -- whose turn it is until then; null: nobody's
    tries        integer     NOT NULL CHECK (tries >= 0),                -- since something was printed last
    problem      text        CHECK (length(problem) BETWEEN 1 AND 120),  -- of the last try; null: it went well
    UNIQUE (shop_id, name),
    CHECK ((waiting = 0) = (due_at IS NULL))
);
CREATE INDEX printer_due ON printer (due_at) WHERE due_at IS NOT NULL;

-- One paper. It says which, and not what stands on it: that is laid out when it is printed, so nothing that a paper names is kept here.
-- kind: 1 a copy of a receipt, 2 one without prices, 3 a Z. state: 1 waits, 2 begun: some of it may be on paper, 3 printed, 4 dropped.
-- tries: how often its first byte was about to leave; from the second time on it says that it is printed again.
CREATE TABLE print_job (
    printer_id object_id   NOT NULL REFERENCES printer,
    number     bigint      NOT NULL CHECK (number >= 1),
    kind       smallint    NOT NULL CHECK (kind BETWEEN 1 AND 3),
    sale_id    object_id,
    copy       integer,
    shift_id   object_id   REFERENCES shift_z,
    state      smallint    NOT NULL CHECK (state BETWEEN 1 AND 4),
    tries      integer     NOT NULL CHECK (tries >= 0),
    device_id  object_id   NOT NULL REFERENCES device, -- where it was asked for, and by whom
    staff_id   object_id   NOT NULL REFERENCES staff,
    put_at     timestamptz NOT NULL,
    begun_at   timestamptz,
    ended_at   timestamptz,
    PRIMARY KEY (printer_id, number),
    FOREIGN KEY (sale_id, copy) REFERENCES receipt_copy,
    CHECK ((kind = 3) = (shift_id IS NOT NULL)),
    CHECK ((kind = 3) = (sale_id IS NULL)),
    CHECK ((kind = 3) = (copy IS NULL)),
    CHECK ((state > 2) = (ended_at IS NOT NULL)),
    CHECK (state = 1 OR state = 4 OR begun_at IS NOT NULL),
    CHECK (state = 1 OR state = 4 OR tries > 0)
);
CREATE UNIQUE INDEX print_job_begun ON print_job (printer_id) WHERE state = 2;
CREATE INDEX print_job_waiting ON print_job (printer_id, number) WHERE state < 3;
CREATE INDEX print_job_ended ON print_job (ended_at) WHERE ended_at IS NOT NULL;

-- Who may change what roles allow may name printers, as in a new shop. One version of the catalogue, as a change by a person would be.
WITH newest AS (
    SELECT DISTINCT ON (role_id) role_id, name, permissions, discount_ppm
      FROM role_version
     ORDER BY role_id, from_version DESC
), given AS (
    SELECT role_id, name, permissions, discount_ppm
      FROM newest
     WHERE permissions @> '{role_edit}' AND NOT permissions @> '{printer_edit}'
), version AS (
    INSERT INTO catalogue_version (version, shop_id, made_at)
    SELECT (SELECT max(version) FROM catalogue_version) + 1, 0, now()
     WHERE EXISTS (SELECT FROM given)
    RETURNING version
), head AS (
    UPDATE catalogue_head AS h SET version = v.version FROM version AS v
)
INSERT INTO role_version (role_id, from_version, name, permissions, discount_ppm)
SELECT g.role_id, v.version, g.name, g.permissions || '{printer_edit}'::text[], g.discount_ppm
  FROM given AS g CROSS JOIN version AS v;
