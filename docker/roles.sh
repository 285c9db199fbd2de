#!/bin/sh
# Runs once, when the database is made: a login role for each side. What each may do is in db/…/V3__roles.sql, granted to the group roles.
set -eu
role() {
  psql -v ON_ERROR_STOP=1 -U postgres -d skein -v login="$1" -v group="$2" -v password="$3" <<'SQL'
create role :"group" nologin;
create role :"login" login password :'password' in role :"group";
SQL
}
role skein_command_app skein_command "$SKEIN_COMMAND_PASSWORD"
role skein_projection_app skein_projection "$SKEIN_PROJECTIONS_PASSWORD"
role skein_query_app skein_query "$SKEIN_QUERY_PASSWORD"
