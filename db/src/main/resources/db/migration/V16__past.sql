-- Any earlier position of the read tables. A past view is a schema of its own that holds the tables of one projection as they stood at one
-- position; it is made from the nearest kept copy and the stretch of the log behind it. Nothing here is a source of truth.

-- Raised whenever a projection's rows no longer continue those of before: after a rebuild, a reset, a cut-over or a roll-back. Copies and views of
-- an earlier generation are let go, and connected clients are asked to take a snapshot.
create table projection_generation (
    name       text   not null primary key,
    generation bigint not null
);
comment on table projection_generation is 'written by projections, read by query-side; a projection without a row is in generation 0';

-- Answers "from where can the tables at a position be made soonest?". Schema kept_<copy_id> holds the copy. Written by projections.
create table kept_copy (
    copy_id    bigint      generated always as identity primary key,
    projection text        not null,
    generation bigint      not null,
    position   bigint      not null check (position > 0),
    shape      text        not null,
    kept_at    timestamptz not null default now(),
    unique (projection, generation, position)
);
comment on column kept_copy.shape is 'digest of the tables'' columns; a copy of another shape, from before a migration, is of no use';

-- What somebody asked for. Written by query-side, which may only insert; taken and removed by projections.
create table past_request (
    request_id bigint      generated always as identity primary key,
    projection text        not null,
    position   bigint      not null check (position >= 0),
    asked_at   timestamptz not null default now()
);

-- The past views there are, in schema past_<view_id>. Written by projections, read by query-side. Unlogged as the views are: a crash takes both.
create sequence past_view_id;
create unlogged table past_view (
    projection text        not null,
    position   bigint      not null,
    generation bigint      not null,
    view_id    bigint      not null,
    state      text        not null check (state in ('making', 'ready', 'failed')),
    base       bigint      not null default 0,
    reached    bigint      not null default 0,
    detail     text,
    asked_at   timestamptz not null default now(),
    told_at    timestamptz not null default now(),
    primary key (projection, position)
);
comment on column past_view.base is 'position of the copy that it is made from';
comment on column past_view.reached is 'how far the events behind the base are in it';
comment on column past_view.asked_at is 'when somebody last asked; the one asked longest ago goes first';
comment on column past_view.told_at is 'sign of life of whoever makes it';

-- Answers "which was the last position at an instant?": the latest time of recording up to every thousandth position. Times of recording are in
-- the order of deciding, not of committing, so only their running maximum can be searched. Written by projections.
create table log_clock (
    position bigint      not null primary key,
    latest   timestamptz not null
);
create index log_clock_by_time on log_clock (latest, position);

revoke all on projection_generation, kept_copy, past_request, past_view, log_clock from public;
grant select on projection_generation, kept_copy, past_view, log_clock to skein_query;
grant select, insert on past_request to skein_query;
grant select, insert, update, delete on projection_generation, kept_copy, past_request, past_view, log_clock to skein_projection;
grant usage on sequence past_view_id to skein_projection;

-- Schemas of copies, views and shadows are made and dropped by projections.
do $$ begin
    execute format('grant create on database %I to skein_projection', current_database());
end $$;
