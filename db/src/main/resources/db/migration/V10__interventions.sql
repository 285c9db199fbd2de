-- Shortcut for starting the process that decides about interventions. Written and read by command-side; made anew from event_log where it is missing.
create table intervention_state (
    name     text   not null primary key,
    position bigint not null,
    version  text   not null,
    state    bytea  not null
);
alter table intervention_state alter column state set storage external;

-- Answers "what was done about which agent, why, and did it help?". Written by the interventions projection.
create table intervention (
    network_id      text        not null,
    intervention_id text        not null,
    agent_id        text        not null,
    outcome         text        not null,
    withheld        text,
    rule            text,
    cause           text,
    evidence        text        not null,
    score           double precision,
    reason          text        not null,
    decided_by      text        not null,
    policy_version  bigint,
    decided_from    bigint      not null,
    position        bigint      not null,
    decided_at      timestamptz not null,
    until_at        timestamptz,
    renewals        integer     not null default 0,
    ended_at        timestamptz,
    ended_by        text,
    end_reason      text,
    blocked         bigint      not null default 0,
    blocked_fine    bigint      not null default 0,
    blocked_others  bigint      not null default 0,
    window_millis   bigint      not null default 0,
    effect          text,
    effect_final    boolean     not null default true,
    last_position   bigint      not null,
    primary key (network_id, intervention_id)
);
create index intervention_by_position on intervention (network_id, position desc);
create index intervention_by_last_position on intervention (last_position);
comment on column intervention.until_at is 'null: until released; for one that was withheld, when it would have ended';
comment on column intervention.blocked_fine is 'of the blocked messages of the agent those that report no error: what the quarantine cost';
comment on column intervention.blocked_others is 'messages of others that were for agents in quarantine alone, this one among them';
comment on column intervention.window_millis is 'how long before and after the effect is looked at';
comment on column intervention.effect is 'JSON; null until there is something to compare';

alter table trust_charge add column weight double precision not null default 0;
comment on column trust_charge.weight is 'what the alert has cost in all, before anything faded';

revoke all on intervention_state, intervention from public;
grant select, insert, update, delete on intervention_state to skein_command;
grant select on intervention, intervention_state to skein_query;
grant select, insert, update, delete, truncate on intervention to skein_projection;

-- What the agents projection has to remember beside its rows: the policies it judges by, and what each alert says.
create table trust_policy (
    position bigint not null primary key,
    change   text   not null
);
comment on column trust_policy.change is 'JSON of the event PolicyChanged';

create table trust_alert (
    network_id text    not null,
    alert_id   text    not null,
    pattern    text    not null,
    severity   text    not null,
    grade      text    not null,
    dismissed  boolean not null default false,
    primary key (network_id, alert_id)
);
revoke all on trust_policy, trust_alert from public;
grant select on trust_policy, trust_alert to skein_query;
grant select, insert, update, delete, truncate on trust_policy, trust_alert to skein_projection;
