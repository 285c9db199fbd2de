-- The one truth. Written by command-side alone (role skein_command: insert and select); read by every side. Never changed, never deleted.
create table log_name (
    id   smallint generated always as identity primary key,
    name text not null unique
);
comment on table log_name is 'interned names: aggregate types and event types of event_log and aggregate_snapshot';

create table event_log (
    position       bigint      not null primary key check (position > 0),
    event_id       uuid        not null unique,
    aggregate_type smallint    not null references log_name,
    payload_type   smallint    not null references log_name,
    sequence       bigint      not null check (sequence >= 0),
    recorded_at    timestamptz not null,
    aggregate_id   text        not null,
    revision       text,
    payload        bytea       not null,
    metadata       bytea       not null,
    constraint event_log_aggregate_sequence unique (aggregate_id, aggregate_type, sequence)
);
comment on column event_log.position is 'place in the one total order: 1, 2, 3, … without gaps, in commit order';
comment on column event_log.event_id is 'derived from network and message id where the event is a message, so that the log itself refuses a second one';

alter table event_log alter column payload set storage external;

create function refuse_change() returns trigger language plpgsql as $$
begin
    raise exception 'the event log is append-only: % on % is refused', tg_op, tg_table_name using errcode = 'insufficient_privilege';
end $$;
create trigger event_log_is_append_only before update or delete on event_log for each row execute function refuse_change();
create trigger event_log_is_never_truncated before truncate on event_log for each statement execute function refuse_change();

-- Shortcut for loading an aggregate. Written and read by command-side; rebuildable from event_log.
create table aggregate_snapshot (
    aggregate_type smallint    not null references log_name,
    aggregate_id   text        not null,
    sequence       bigint      not null,
    event_id       uuid        not null,
    payload_type   smallint    not null references log_name,
    recorded_at    timestamptz not null,
    revision       text,
    payload        bytea       not null,
    metadata       bytea       not null,
    primary key (aggregate_id, aggregate_type)
);

-- Where each tracking processor stands. Written by the side that runs it, in the transaction of the batch.
create table processor_token (
    processor  text        not null,
    segment    integer     not null,
    token      bytea,
    token_type text,
    timestamp  text,
    owner      text,
    primary key (processor, segment)
);
comment on column processor_token.timestamp is 'ISO 8601, as the framework writes it; when the claim was last renewed';

-- What a door could not turn into a message. Written by command-side's doors.
create table dead_letter (
    dead_letter_id bigint generated always as identity primary key,
    door           text        not null,
    reason         text        not null,
    detail         text        not null,
    network_id     text,
    message_id     text,
    original       bytea       not null,
    original_key   bytea,
    source_topic   text,
    source_partition integer,
    source_offset  bigint,
    attempts       integer     not null default 1,
    first_at       timestamptz not null,
    last_at        timestamptz not null,
    digest         bytea       not null,
    constraint dead_letter_once unique (door, digest)
);
comment on column dead_letter.digest is 'SHA-256 over the original and where it came from: the same letter again only counts an attempt';
