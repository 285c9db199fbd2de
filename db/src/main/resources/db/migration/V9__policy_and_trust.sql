-- Answers "by which rules is a network judged, and since when?": one row for each change. Written by the policy projection.
create table policy_version (
    network_id  text        not null,
    version     bigint      not null check (version > 0),
    position    bigint      not null,
    recorded_at timestamptz not null,
    changed_by  text        not null,
    reason      text        not null,
    rules       text        not null,
    primary key (network_id, version)
);
comment on column policy_version.network_id is 'empty: the policy of every network that has none of its own';
comment on column policy_version.rules is 'JSON, as in the event';

-- What an agent's belief is made of; good and bad stay the sums that people read. Written by the agents projection.
alter table agent
    add column own_good double precision not null default 0,
    add column own_bad double precision not null default 0,
    add column peer_good double precision not null default 0,
    add column peer_bad double precision not null default 0,
    add column trust_changes bigint not null default 0,
    add column successes_since bigint not null default 0;
update agent set own_good = good - 9, own_bad = bad - 1;
comment on column agent.own_good is 'weight of good evidence from what it did, without prior and peers, as of evidence_at';
comment on column agent.peer_good is 'weight of what peers said for it, before the cap, as of evidence_at';
comment on column agent.trust_changes is 'how many changes of its trust, successes aside, there were';
comment on column agent.successes_since is 'messages with outcome ok since the newest of these changes';

-- What an alert has cost an agent, so that dismissing it gives exactly that back. Written by the agents projection.
create table trust_charge (
    network_id text             not null,
    alert_id   text             not null,
    agent_id   text             not null,
    bad        double precision not null,
    charged_at timestamptz      not null,
    primary key (network_id, alert_id, agent_id)
);
comment on column trust_charge.bad is 'weight as of charged_at; it has faded since like all evidence';

-- Answers "why is this agent trusted so?": its newest 256 changes of trust, successes counted between them. Written by the agents projection.
create table trust_change (
    network_id       text             not null,
    agent_id         text             not null,
    slot             smallint         not null check (slot >= 0 and slot < 256),
    number           bigint           not null check (number > 0),
    position         bigint           not null,
    recorded_at      timestamptz      not null,
    kind             text             not null,
    good             double precision not null,
    bad              double precision not null,
    reason           text             not null,
    alert_id         text,
    changed_by       text,
    successes_before bigint           not null,
    good_after       double precision not null,
    bad_after        double precision not null,
    primary key (network_id, agent_id, slot)
);
create index trust_change_by_position on trust_change (position);
comment on column trust_change.number is '1, 2, 3, … for each agent; the slot is its rest by 256, so that the newest replaces the oldest';
comment on column trust_change.good is 'weight added; negative where evidence was given back';

revoke all on policy_version, trust_charge, trust_change from public;
grant select on policy_version, trust_charge, trust_change to skein_query;
grant select, insert, update, delete, truncate on policy_version, trust_charge, trust_change to skein_projection;
