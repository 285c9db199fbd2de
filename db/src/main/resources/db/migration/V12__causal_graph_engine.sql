-- The causal graph with strength, latency, communities and quarantine marks. The rows are also what the projection's memory is made of after a
-- restart, so they hold all that it goes on from. Rebuildable: the projection begins anew.
truncate causal_node, causal_edge, causal_count;
delete from projection_progress where name = 'causal-graph';
delete from processor_token where processor = 'causal-graph';

alter table causal_node
    add column ordinal         integer not null default 0,
    add column deliveries      bigint  not null default 0,
    add column neighbours      integer not null default 0,
    add column triangles       bigint  not null default 0,
    add column community       integer not null default 0,
    add column aggregate       boolean not null default false,
    add column folded          boolean not null default false,
    add column active_position bigint  not null default 0;
comment on column causal_node.ordinal is 'place in the order in which the network''s nodes came';
comment on column causal_node.deliveries is 'messages sent, each counted once for each target';
comment on column causal_node.community is 'ordinal of a node that is or was in the same community';
comment on column causal_node.aggregate is 'stands for all agents that were folded to keep the graph within its limits';
comment on column causal_node.folded is 'no longer in the graph: the aggregate node has its counts';
comment on column causal_node.active_position is 'log position of the newest event about the agent itself';

alter table causal_edge
    add column ordinal             integer not null default 0,
    add column weight              double precision not null default 0,
    add column step                bigint  not null default 0,
    add column strength            real    not null default 0,
    add column latency             bytea,
    add column latency_p50_millis  double precision,
    add column latency_p95_millis  double precision,
    add column latency_p99_millis  double precision,
    add column quarantine_affected boolean not null default false,
    add column folded              boolean not null default false,
    add column active_position     bigint  not null default 0;
comment on column causal_edge.weight is 'messages, each halved for every 256 later deliveries of the source, as of delivery number step';
comment on column causal_edge.strength is 'weight as a share of the source''s whole, 0 to 1';
comment on column causal_edge.latency is 'sketch of request-to-response times: lowest bucket and counts, two bytes each';
comment on column causal_edge.quarantine_affected is 'an end of it is in quarantine';
comment on column causal_edge.active_position is 'log position of the newest message on this edge; last_position may be of a later change of a mark or of strength';

alter table causal_count
    add column isolated          bigint  not null default 0,
    add column quarantined       bigint  not null default 0,
    add column folded_nodes      bigint  not null default 0,
    add column next_ordinal      integer not null default 0,
    add column next_edge_ordinal integer not null default 0;

-- Answers "what shape has the graph?", as of the newest snapshot of each network. Written by the causal-graph projection, read by query-side.
create table graph_metrics (
    network_id          text             not null primary key,
    messages            bigint           not null,
    nodes               bigint           not null,
    edges               bigint           not null,
    isolated            bigint           not null,
    stale               bigint           not null,
    components          bigint           not null,
    cyclic_components   bigint           not null,
    largest_component   bigint           not null,
    communities         bigint           not null,
    clustering          double precision not null,
    clustering_skips    bigint           not null,
    path_length         double precision not null,
    path_length_error   double precision,
    pivots              integer          not null,
    last_position       bigint           not null
);
comment on column graph_metrics.messages is 'messages of the network up to the snapshot; the next is due after as many more as there are nodes and edges';
comment on column graph_metrics.path_length_error is 'half the width of the 95 % interval; 0 where every agent was a source, null where too few were';

-- Answers "which agent stands where?", one row for each node as of the newest snapshot. Written by the causal-graph projection.
create table causal_rank (
    network_id         text             not null,
    agent_id           text             not null,
    component          integer          not null,
    component_size     integer          not null,
    page_rank          double precision not null,
    betweenness        double precision not null,
    betweenness_error  double precision,
    last_position      bigint           not null,
    primary key (network_id, agent_id)
);
create index causal_rank_by_component on causal_rank (network_id, component);
comment on column causal_rank.component is 'number of the strongly connected component in this snapshot, from 0 in the order of their first nodes';

grant select on graph_metrics, causal_rank to skein_query;
grant select, insert, update, delete, truncate on graph_metrics, causal_rank to skein_projection;
