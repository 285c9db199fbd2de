-- Everything below is made from event_log alone by the projections, can be rebuilt from it, and is read by query-side.
-- last_position is the log position of the newest event that changed a row: rows changed in (p, q] are the delta from p to q.

-- Answers "how far is each projection?". One row for each segment of each processing group, written in the batch's transaction.
create table projection_progress (
    name       text        not null,
    segment    integer     not null,
    position   bigint      not null,
    updated_at timestamptz not null default now(),
    primary key (name, segment)
);
comment on column projection_progress.position is 'every event up to here is in the projection''s tables';

-- State that a detector keeps in memory, saved now and then in the batch's transaction; a restart begins here.
create table projection_checkpoint (
    name     text   not null primary key,
    position bigint not null,
    version  text   not null,
    state    bytea  not null
);

-- What detectors found and command-side has not decided yet. Written by projections in the batch's transaction, taken and removed by
-- command-side once the alert is in the log. The id is derived from the finding, so a second one changes nothing.
create table proposed_command (
    proposal_id uuid        not null primary key,
    network_id  text        not null,
    type        text        not null,
    payload     bytea       not null,
    position    bigint      not null,
    proposed_at timestamptz not null default now()
);
comment on column proposed_command.position is 'log position of the event that led to it';

-- Answers "which agents are there and how do they do?". Written by the agents projection.
create table agent (
    network_id        text             not null,
    agent_id          text             not null,
    sent              bigint           not null default 0,
    received          bigint           not null default 0,
    errors            bigint           not null default 0,
    good              double precision not null,
    bad               double precision not null,
    evidence_at       timestamptz      not null,
    quarantined       boolean          not null default false,
    quarantined_until timestamptz,
    first_position    bigint           not null,
    last_position     bigint           not null,
    first_seen_at     timestamptz      not null,
    last_seen_at      timestamptz      not null,
    primary key (network_id, agent_id)
);
create index agent_by_last_position on agent (last_position);
comment on column agent.good is 'Beta parameter alpha: weight of good evidence, prior included, as of evidence_at';
comment on column agent.bad is 'Beta parameter beta: weight of bad evidence, prior included, as of evidence_at';

-- Answers "who talks to whom?". Written by the causal-graph projection.
create table causal_node (
    network_id     text    not null,
    agent_id       text    not null,
    sent           bigint  not null default 0,
    received       bigint  not null default 0,
    errors         bigint  not null default 0,
    quarantined    boolean not null default false,
    first_position bigint  not null,
    last_position  bigint  not null,
    primary key (network_id, agent_id)
);
create index causal_node_by_last_position on causal_node (last_position);

create table causal_edge (
    network_id     text   not null,
    source         text   not null,
    target         text   not null,
    relationship   text   not null,
    messages       bigint not null check (messages > 0),
    errors         bigint not null default 0,
    first_position bigint not null,
    last_position  bigint not null,
    primary key (network_id, source, target, relationship)
);
create index causal_edge_by_last_position on causal_edge (last_position);

create table causal_count (
    network_id    text   not null primary key,
    nodes         bigint not null default 0,
    edges         bigint not null default 0,
    messages      bigint not null default 0,
    last_position bigint not null
);

-- Answers "what should a person see?". Written by the alerts projection.
create table alert (
    alert_id        text        not null primary key,
    network_id      text        not null,
    pattern         text        not null,
    severity        text        not null,
    grade           text        not null,
    state           text        not null,
    agents          text[]      not null,
    evidence        jsonb       not null,
    description     text        not null,
    detector        jsonb       not null,
    owasp           text        not null,
    raised_position bigint      not null,
    last_position   bigint      not null,
    raised_at       timestamptz not null,
    changed_at      timestamptz not null,
    changed_by      text,
    reason          text
);
create index alert_by_raised_position on alert (network_id, raised_position desc);
create index alert_by_last_position on alert (last_position);

-- Answers "how much, how fast, how often wrong?". Written by the metrics projection; one row for each window that has anything in it.
create table metrics_window (
    network_id     text        not null,
    window_seconds integer     not null,
    starts_at      timestamptz not null,
    messages       bigint      not null default 0,
    requests       bigint      not null default 0,
    responses      bigint      not null default 0,
    broadcasts     bigint      not null default 0,
    errors         bigint      not null default 0,
    blocked        bigint      not null default 0,
    latency_count  bigint      not null default 0,
    latency        bytea,
    latency_p50_millis double precision,
    latency_p95_millis double precision,
    latency_p99_millis double precision,
    last_position  bigint      not null,
    primary key (network_id, window_seconds, starts_at)
);
create index metrics_window_by_last_position on metrics_window (last_position);
comment on column metrics_window.starts_at is 'inclusive start of the window, by the time of recording';
comment on column metrics_window.latency is 'compressed HdrHistogram of request-to-response times in microseconds, three significant digits';

-- Answers "what happened?": one row for each event of the log, never content. Written by the audit projection.
create table audit_entry (
    position        bigint      not null primary key,
    recorded_at     timestamptz not null,
    network_id      text,
    event_type      text        not null,
    aggregate_type  text        not null,
    aggregate_id    text        not null,
    sequence        bigint      not null,
    agent_id        text,
    message_id      text,
    conversation_id text,
    actor           text,
    subject         text        not null,
    summary         text        not null
);
create index audit_entry_by_network on audit_entry (network_id, position);
create index audit_entry_by_agent on audit_entry (network_id, agent_id, position);
create index audit_entry_by_conversation on audit_entry (network_id, conversation_id, position);
