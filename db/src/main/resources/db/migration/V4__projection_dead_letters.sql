-- Events that a projection could not take, and the later events of their aggregates behind them (error is null there). Written by projections;
-- a rebuild of the projection meets each of them again.
create table projection_dead_letter (
    projection   text        not null,
    position     bigint      not null check (position > 0),
    event_id     uuid        not null,
    event_type   text        not null,
    sequence_key text        not null,
    error        text,
    attempts     integer     not null,
    first_at     timestamptz not null,
    last_at      timestamptz not null,
    primary key (projection, position)
);
create index projection_dead_letter_by_sequence on projection_dead_letter (projection, sequence_key);
comment on column projection_dead_letter.error is 'kinds of failure and where they arose, never content; null: only waits behind an earlier one';

-- Answers "where did a request come back to somebody who still waits?". Facts, most of them harmless; written by the loops projection.
create table routing_reentry (
    network_id      text    not null,
    message_id      text    not null,
    position        bigint  not null,
    target          text    not null,
    root_message_id text    not null,
    rotation        text[]  not null,
    laps            bigint  not null,
    inferred        boolean not null,
    new_words       integer not null,
    same_content    boolean not null,
    alarmed         boolean not null,
    primary key (position, target)
);
comment on column routing_reentry.new_words is 'most words that one request of the newest lap added to what was said before it on the chain';

revoke all on projection_dead_letter, routing_reentry from public;
grant select on projection_dead_letter, routing_reentry to skein_query;
grant select, insert, update, delete on projection_dead_letter, routing_reentry to skein_projection;
grant truncate on projection_dead_letter, routing_reentry to skein_projection;

-- Detector state is dense already; compressing it again only costs.
alter table projection_checkpoint alter column state set storage external;
