-- How the original of a dead letter was to be read, so that trying it again reads it the same way. Written by command-side's doors with the letter.
alter table dead_letter
    add column dialect    text  not null default '',
    add column attributes jsonb not null default '{}';
comment on column dead_letter.dialect is 'message, cloud_event, cloud_event_binary, a2a, otlp_span, otlp_export; empty: not known, or none of these';
comment on column dead_letter.attributes is 'what came beside the original and belongs to it: ce_… and content-type, or the query of an A2A message';
create index dead_letter_by_reason on dead_letter (reason, dead_letter_id);
