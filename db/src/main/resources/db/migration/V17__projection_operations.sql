-- What is done to projections, by whom and how far it is. Orders come from query-side, which may only insert; nodes of the projections take them.

create table projection_order (
    order_id   uuid        not null primary key,
    act        text        not null,
    projection text        not null,
    subject    uuid,
    parameters jsonb       not null,
    ordered_by text        not null,
    reason     text        not null,
    ordered_at timestamptz not null default clock_timestamp()
);
comment on column projection_order.subject is 'the operation that it concerns, as the shadow that is to be cut over';

-- Answers "what is under way, and how did it end?". Written by projections.
create table projection_operation (
    operation_id uuid        not null primary key,
    act          text        not null,
    projection   text        not null,
    subject      uuid,
    parameters   jsonb       not null,
    ordered_by   text        not null,
    reason       text        not null,
    state        text        not null check (state in ('running', 'following', 'done', 'failed')),
    node         text        not null,
    detail       text,
    reached      bigint      not null default 0,
    target       bigint      not null default 0,
    schema       text,
    result       jsonb,
    started_at   timestamptz not null default now(),
    told_at      timestamptz not null default now()
);
create index projection_operation_by_start on projection_operation (started_at);
comment on column projection_operation.schema is 'where a shadow''s tables are; null where it has none any more';
comment on column projection_operation.told_at is 'sign of life of the node; another one takes over what is silent for long';
create sequence sandbox_id;

-- How a projection is meant to run. Every node keeps to it.
create table projection_control (
    name       text        not null primary key,
    paused     boolean     not null default false,
    held       boolean     not null default false,
    parameters jsonb       not null default '{}',
    since      timestamptz not null default now()
);
comment on column projection_control.held is 'stands still while its tables are exchanged';
comment on column projection_control.parameters is 'of detectors, by name, where they are not those of the code; set by a cut-over';

-- Answers "which node runs what, and how fast?". Written by each node about itself.
create table processor_status (
    node              text             not null,
    name              text             not null,
    segment           integer          not null,
    running           boolean          not null,
    events_per_second double precision not null,
    error             text,
    told_at           timestamptz      not null default now(),
    primary key (node, name, segment)
);

revoke all on projection_order, projection_operation, projection_control, processor_status from public;
grant select on projection_operation, projection_control, processor_status, processor_token to skein_query;
grant insert on projection_order to skein_query;
grant select, insert, update, delete on projection_order, projection_operation, projection_control, processor_status to skein_projection;
grant usage on sequence sandbox_id to skein_projection;
