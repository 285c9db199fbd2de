-- Answers "which events are about this agent, in this time, from this cause?". Written by the audit projection with its entries, read by query-side. Rebuildable:
-- the projection begins anew.
truncate audit_entry;
delete from projection_progress where name = 'audit';
delete from processor_token where processor = 'audit';

alter table audit_entry
    add column causation_id text,
    add column cause_event  uuid,
    add column message_type text,
    add column outcome      text,
    add column severity     text;
comment on column audit_entry.cause_event is 'the event id that the causing message has, whether or not it is in the log';
comment on column audit_entry.severity is 'of an alert''s event';
create index audit_entry_by_cause on audit_entry (cause_event, position) where cause_event is not null;

-- Who took part in each event. The index by agent of audit_entry has its answers from here.
create table history_party (
    network_id text    not null,
    agent_id   text    not null,
    position   bigint  not null,
    speaks     boolean not null,
    primary key (network_id, agent_id, position)
);
comment on column history_party.speaks is 'sent the message, or the event is about the agent; otherwise a target';
drop index audit_entry_by_agent;

-- The times of recording in each stretch of 4,096 positions: they are not in the order of positions, but nearly, so a range of time is a range of stretches.
create table history_stretch (
    position bigint      not null primary key,
    earliest timestamptz not null,
    latest   timestamptz not null
);
comment on column history_stretch.position is 'first position that the stretch can hold: 1, 4097, 8193, …';

revoke all on history_party, history_stretch from public;
grant select on history_party, history_stretch to skein_query;
grant select, insert, update, delete, truncate on history_party, history_stretch to skein_projection;
