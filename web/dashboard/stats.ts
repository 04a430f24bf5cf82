// What the operator plane answers (GET /stats), as far as this page shows it. Names carry their unit at the end; null is
// "not known" or "there is none". Words such as states and reasons may be others than those known here.

export interface Stats {
  sequence: number;
  sampled_at: string;
  window_s: number;
  node: {
    name: string;
    version: string;
    environment: string;
    phase: string;
    started_at: string;
    uptime_s: number;
    store: string;
  };
  state: { word: string; cause: string | null; since: string; alerts_firing: number; degraded: string[] };
  tiles: {
    requests: Measure;
    latency: { p50: Measure; p99: Measure };
    errors: Measure & { per_s: number; by_status: Record<string, number> };
    refused: Measure & { by_reason: Reason[] };
    cards: Measure;
  };
  stages: Stage[];
  narrowest: string | null;
  routes: Route[];
  actors: Actor[];
  gateway: Gateway;
  queue: Queue;
  pool: Pool;
  caches: Caches;
  cards: { made: number; made_per_s: number; failed: number; verified_valid: number; verified_invalid: number };
  jobs: Jobs;
  process: Process;
  security: Security;
  alerts: Alert[];
  webhook: { configured: boolean; sent: number; failed: number; waiting: number };
  events: NodeEvent[];
}

export interface Measure {
  now: number | null;
  peak: number | null;
  limit: number | null;
}

export interface Reason {
  reason: string;
  total: number;
  per_s: number;
}

export interface Stage {
  id: string;
  name: string;
  rate_per_s: number;
  waiting: number;
  waiting_limit: number | null;
  saturation: number;
  p50_ms: number | null;
  p99_ms: number | null;
  refused_per_s: number;
  refused_share: number;
}

export interface Route {
  id: string;
  requests: number;
  per_s: number;
  p50_ms: number | null;
  p95_ms: number | null;
  p99_ms: number | null;
  max_ms: number | null;
}

export interface Actor {
  id: string;
  kind: string;
  shard: number;
  node: string;
  runs_on: string;
  state: string;
  since: string;
  messages: number;
  messages_per_s: number;
  busy_share: number;
  waiting: number | null;
  p50_us: number | null;
  p99_us: number | null;
  max_us: number | null;
  restarts: number;
  failures: number;
  last_failure: { at: string; code: string } | null;
}

export interface Gateway {
  connections: number;
  connections_limit: number | null;
  connections_refused: number;
  failed_handshakes: number;
  requests: number;
  responses: Record<string, number>;
  bytes_in_per_s: number;
  bytes_out_per_s: number;
}

export interface Queue {
  at_work: number;
  concurrency: number;
  waiting: number;
  limit: number;
  oldest_ms: number | null;
  overloaded: boolean;
}

export interface Pool {
  kind: string;
  connections: number;
  idle: number;
  busy: number;
  waiting: number;
  limit: number;
  queue_limit: number | null;
  available: boolean;
  statements_per_s: number;
  keys_per_statement: number | null;
  slow_statements: number;
  statement_timeouts: number;
  p50_ms: number | null;
  p99_ms: number | null;
  breaker: Breaker;
}

export interface Breaker {
  state: string;
  since: string;
  next_probe_s: number | null;
  opened: number;
  probes: number;
  forced_until?: string | null;
  transitions: { at: string; from: string; to: string; cause: string }[];
}

export interface Caches {
  hit_ratio_percent: number | null;
  l1: {
    entries: number;
    bytes: number;
    limit_bytes: number;
    hits_per_s: number;
    misses_per_s: number;
    hit_ratio_percent: number | null;
    negative_hits_per_s: number;
    stale_served_per_s: number;
    joined_loads_per_s: number;
    evictions_per_s: number;
  };
  l2: {
    configured: boolean;
    connected: boolean;
    entries: number | null;
    bytes: number | null;
    hits_per_s: number;
    misses_per_s: number;
    hit_ratio_percent: number | null;
    failures_per_s: number;
    owed_invalidations: number;
    connections?: number;
    commands_per_s?: number;
  };
  l3?: {
    available: boolean;
    name: string | null;
    bytes: number | null;
    used_bytes: number | null;
    hit_ratio_percent: number | null;
    reads_per_s: number | null;
    requests_per_s: number | null;
  };
  cards: { entries: Record<string, number>; bytes: number; limit_bytes: number; hit_ratio_percent: number | null };
}

export interface Jobs {
  batches: number;
  cards_at_work: number;
  cards_made: number;
  cards_failed: number;
  jobs_running: number;
  jobs_waiting: number;
  jobs_finished: number;
  list: Job[];
}

export interface Job {
  id: string;
  kind: string;
  state: string;
  total: number;
  finished: number;
  failed: number;
  started_at: string;
}

export interface Process {
  cores: number;
  cpu_percent: number | null;
  cpu_limit_percent: number;
  resident_bytes: number;
  memory_limit_bytes: number | null;
  descriptors: number;
  descriptors_limit: number | null;
  threads: number;
  uptime_s: number;
}

export interface Security {
  keys: {
    configured: boolean;
    known: number;
    refreshed_s_ago: number | null;
    used: { key: string; requests: number; per_s: number; last_used: string }[];
  };
  without_key: { requests: number; per_s: number };
  suspects: { client: string; fault: string; since: string; until: string }[];
  certificate_expires_at: string | null;
  audit: { written: number; waiting: number; dropped: number };
}

export interface Alert {
  id: string;
  severity: string;
  state: string;
  since: string;
  value: number | null;
  threshold: number;
  unit: string;
  below?: boolean;
  hold_s?: number;
  summary: string;
  meaning: string;
  advice: string;
}

export interface NodeEvent {
  id: number;
  at: string;
  kind: string;
  severity: string;
  subject: string;
  text: string;
}

/** Who the caller is to the node (GET /session). */
export interface Session {
  may_operate: boolean;
  needs_key: boolean;
  name: string | null;
  token_file?: string | null;
  actions?: string[];
  log_level?: string;
  refused?: string | null;
}
