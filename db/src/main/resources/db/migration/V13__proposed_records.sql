-- What the other sides saw and the audit log must hold: a read of the trail or an export (query-side), an act on a projection (projections). Inserted by the side that
-- answers or acts, before it answers; taken and removed by command-side once the fact is in the log. The id makes a second time change nothing.
create table proposed_record (
    record_id   uuid        not null primary key,
    type        text        not null,
    payload     bytea       not null,
    proposed_at timestamptz not null default clock_timestamp()
);
create index proposed_record_by_time on proposed_record (proposed_at, record_id);
comment on column proposed_record.type is 'RecordAccess or RecordAct; payload is its JSON';

revoke all on proposed_record from public;
grant insert on proposed_record to skein_query, skein_projection;
grant select, delete on proposed_record to skein_command;
