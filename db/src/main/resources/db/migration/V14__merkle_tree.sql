-- Answers "what proves the log?": the RFC 6962 tree over the stored bytes of event_log, as tiles of up to 256 hashes (C2SP tlog-tiles). Written by the tree follower of
-- the projections, read by every side. Rebuildable: delete the tiles and the progress of 'tree'; the same roots must come again.
create table tree_tile (
    level  smallint not null check (level >= 0),
    tile   bigint   not null check (tile >= 0),
    hashes bytea    not null check (octet_length(hashes) between 32 and 8192 and octet_length(hashes) % 32 = 0),
    primary key (level, tile)
);
alter table tree_tile alter column hashes set storage external;
comment on column tree_tile.level is '0: hashes of leaves; n: roots of the full tiles of level n - 1';

-- Answers "what was signed about the log, and with which keys?". Written by the audit projection from CheckpointSigned and KeyAdopted.
create table audit_checkpoint (
    position    bigint      not null primary key,
    origin      text        not null,
    tree_size   bigint      not null,
    root_hash   text        not null,
    key_id      text        not null,
    note        text        not null,
    recorded_at timestamptz not null
);
create index audit_checkpoint_by_size on audit_checkpoint (tree_size);
comment on column audit_checkpoint.note is 'the signed note, exactly';

create table audit_key (
    position    bigint      not null primary key,
    origin      text        not null,
    key_id      text        not null,
    public_key  text        not null,
    replaces    text,
    vouching    text,
    recorded_at timestamptz not null
);

revoke all on tree_tile, audit_checkpoint, audit_key from public;
grant select on tree_tile, audit_checkpoint, audit_key to skein_query, skein_command;
grant select, insert, update, delete, truncate on tree_tile, audit_checkpoint, audit_key to skein_projection;
