-- Routing loops are found by the projection "patterns" now, like everything else; nothing goes on under the old name.
delete from processor_token where processor = 'loops';
delete from projection_progress where name = 'loops';
delete from projection_checkpoint where name = 'loops';
delete from projection_dead_letter where projection = 'loops';
comment on table routing_reentry is 'where a request came back to somebody who still waits; facts, most of them harmless; written by the patterns projection';
