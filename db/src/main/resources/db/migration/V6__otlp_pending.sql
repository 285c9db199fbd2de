-- Answers "which spans are around this one?" for the OTLP door: each span's place in its trace and, while it waits for the spans around it to
-- arrive, the span itself. Written by command-side before it answers the exporter; what a span became is in event_log. Rows go when
-- skein.otlp.retention has passed; losing them loses waiting spans, nothing that was recorded.
create table otlp_span (
    network_id     text        not null,
    trace_id       text        not null,
    span_id        text        not null,
    parent_span_id text,
    outgoing       boolean     not null default false,
    agent_id       text,
    request_id     text,
    orphaned       boolean     not null default false,
    waiting        bytea,
    arrived_at     timestamptz not null default clock_timestamp(),
    primary key (network_id, trace_id, span_id),
    check ((agent_id is null) = (request_id is null))
);
create index otlp_span_waiting on otlp_span (network_id, trace_id, arrived_at) where waiting is not null;
create index otlp_span_by_arrival on otlp_span (arrived_at);
alter table otlp_span alter column waiting set storage external;
comment on column otlp_span.parent_span_id is 'null: the root of its trace';
comment on column otlp_span.outgoing is 'span kind client or producer: the call as its sender sees it';
comment on column otlp_span.agent_id is 'the invoked agent or tool; null: no invocation, only a link between others';
comment on column otlp_span.orphaned is 'its parent did not come in time; decided once, so that what follows from it is decided once';
comment on column otlp_span.waiting is 'resource, scope and span (OTLP protobuf) until its messages are in the log';

revoke all on otlp_span from public;
grant select, insert, update, delete on otlp_span to skein_command;
grant select on otlp_span to skein_query;
