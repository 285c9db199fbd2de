-- Least privilege: each side has a role of its own. Sides connect as a login role that is a member of it.
do $$
declare role_name text;
begin
    foreach role_name in array array['skein_command', 'skein_projection', 'skein_query'] loop
        if not exists (select 1 from pg_roles where rolname = role_name) then
            execute format('create role %I nologin', role_name);
        end if;
    end loop;
end $$;

revoke all on all tables in schema public from public;

grant select on all tables in schema public to skein_query;

grant select, insert on event_log, log_name to skein_command;
grant select, insert, update, delete on aggregate_snapshot, processor_token, dead_letter to skein_command;
grant select, delete on proposed_command to skein_command;
grant select on projection_progress to skein_command;

grant select on event_log, log_name to skein_projection;
grant select, insert on proposed_command to skein_projection;
grant select, insert, update, delete on
    processor_token, projection_progress, projection_checkpoint, agent, causal_node, causal_edge, causal_count, alert, metrics_window, audit_entry
    to skein_projection;
grant truncate on
    agent, causal_node, causal_edge, causal_count, alert, metrics_window, audit_entry
    to skein_projection;
