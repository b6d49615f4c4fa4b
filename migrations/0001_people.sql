-- SPDX-License-Identifier: Apache-2.0
-- Who works here, on which device, and what each may do.

CREATE EXTENSION IF NOT EXISTS btree_gin;

-- The server's role makes nothing, temporary tables included.
DO $$ BEGIN
    EXECUTE format('REVOKE TEMPORARY ON DATABASE %I FROM PUBLIC', current_database());
END $$;

CREATE TABLE rights_epoch (
    is_only boolean PRIMARY KEY DEFAULT true CHECK (is_only),
    epoch   bigint  NOT NULL
);
COMMENT ON TABLE rights_epoch IS
    'One row, raised by every change of accounts, grants, devices and sessions; each group of reads begins with it, so a change acts on the next request on every server.';
INSERT INTO rights_epoch (epoch) VALUES (1);

CREATE TABLE account (
    account_id uuid PRIMARY KEY,
    login      text        NOT NULL UNIQUE,
    name       text        NOT NULL,
    password   text        NOT NULL,
    state      smallint    NOT NULL CHECK (state IN (1, 2)),
    version    integer     NOT NULL,
    created_at timestamptz NOT NULL,
    changed_at timestamptz NOT NULL
);
COMMENT ON TABLE account IS 'People who log in. A person who leaves keeps the row: the record names them.';
COMMENT ON COLUMN account.login IS 'Lower case; what the person types.';
COMMENT ON COLUMN account.password IS 'Argon2id, as a PHC string.';
COMMENT ON COLUMN account.state IS '1 active, 2 left.';

CREATE TABLE device (
    device_id  uuid PRIMARY KEY,
    name       text        NOT NULL,
    created_at timestamptz NOT NULL,
    revoked_at timestamptz
);
COMMENT ON TABLE device IS 'Machines that sessions are bound to; several people may share one.';

CREATE TABLE session (
    token_hash bytea PRIMARY KEY CHECK (length(token_hash) = 32),
    account_id uuid        NOT NULL REFERENCES account,
    device_id  uuid        NOT NULL REFERENCES device,
    started_at timestamptz NOT NULL,
    seen_at    timestamptz NOT NULL,
    ends_at    timestamptz NOT NULL,
    ended_at   timestamptz
);
COMMENT ON TABLE session IS 'Logins. The token itself is known to the client alone.';
COMMENT ON COLUMN session.token_hash IS 'SHA-256 of the 32 random bytes that the client holds.';
COMMENT ON COLUMN session.seen_at IS 'Last use, to the minute; silence longer than the setting ends the session.';
COMMENT ON COLUMN session.ends_at IS 'Absolute end, whatever is done until then.';
COMMENT ON COLUMN session.ended_at IS 'Ended before its time: left, logged out, password changed.';
CREATE INDEX session_account ON session (account_id) WHERE ended_at IS NULL;
CREATE INDEX session_device ON session (account_id, device_id);
CREATE INDEX session_ends ON session (ends_at);

CREATE TABLE login_failure (
    account_id   uuid        NOT NULL,
    lane         text        NOT NULL,
    failed_count integer     NOT NULL,
    delay_until  timestamptz NOT NULL,
    PRIMARY KEY (account_id, lane)
);
COMMENT ON TABLE login_failure IS
    'Wrong passwords: by account and lane, and by source for all accounts together (the nil account). A login that nobody has counts under an id made of it. A lane is a device that the account has used before, else the source address: so nobody is locked out by a stranger elsewhere.';

CREATE TABLE crew (
    crew_id    uuid PRIMARY KEY,
    name       text        NOT NULL UNIQUE,
    created_at timestamptz NOT NULL
);
COMMENT ON TABLE crew IS 'Professional teams of the company (plumbing, electricity): they serve several communities.';

CREATE TABLE community (
    community_id uuid PRIMARY KEY,
    name         text        NOT NULL UNIQUE,
    time_zone    text        NOT NULL,
    created_at   timestamptz NOT NULL
);
COMMENT ON TABLE community IS 'Sites that the company manages.';
COMMENT ON COLUMN community.time_zone IS 'IANA name; days, months and clocks are computed in it.';

CREATE TABLE team (
    community_id uuid        NOT NULL REFERENCES community,
    team_id      uuid        NOT NULL,
    name         text        NOT NULL,
    created_at   timestamptz NOT NULL,
    PRIMARY KEY (community_id, team_id),
    UNIQUE (community_id, name)
);
COMMENT ON TABLE team IS 'Butler teams (管家小组).';

CREATE TABLE access_grant (
    grant_id     uuid PRIMARY KEY,
    account_id   uuid        NOT NULL REFERENCES account,
    role         smallint    NOT NULL,
    scope        smallint    NOT NULL,
    community_id uuid,
    team_id      uuid,
    crew_id      uuid        REFERENCES crew,
    valid_from   timestamptz NOT NULL,
    valid_to     timestamptz NOT NULL,
    version      integer     NOT NULL,
    granted_by   uuid        NOT NULL,
    created_at   timestamptz NOT NULL,
    CHECK (valid_from <= valid_to),
    CHECK ((scope IN (2, 3)) = (community_id IS NOT NULL)),
    CHECK ((scope = 3) = (team_id IS NOT NULL)),
    CHECK ((scope = 4) = (crew_id IS NOT NULL)),
    FOREIGN KEY (community_id) REFERENCES community,
    FOREIGN KEY (community_id, team_id) REFERENCES team
);
COMMENT ON TABLE access_grant IS 'Who holds which role, where, from when to when.';
COMMENT ON COLUMN access_grant.role IS 'Numbers of server/domain/role.def.';
COMMENT ON COLUMN access_grant.scope IS '1 company, 2 community, 3 team, 4 crew.';
COMMENT ON COLUMN access_grant.valid_to IS 'Exclusive; infinity until further notice.';
CREATE INDEX access_grant_account ON access_grant (account_id);

GRANT SELECT, UPDATE ON rights_epoch TO guanjia_app;
GRANT SELECT, INSERT, UPDATE ON account, device, access_grant TO guanjia_app;
GRANT SELECT, INSERT, UPDATE, DELETE ON session, login_failure TO guanjia_app;
GRANT SELECT, INSERT ON crew, community, team TO guanjia_app;
