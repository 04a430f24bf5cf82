-- Our own tables. Times are UTC, as in 0001. (0005 is MySQL's alone: procedures.)
CREATE TABLE card_state (
  member_id INTEGER PRIMARY KEY,
  epoch INTEGER NOT NULL,
  updated_at TEXT NOT NULL
);
-- ;;
-- A revocation concerns the member's cards up to and including that epoch.
CREATE TABLE revocations (
  revocation_id INTEGER PRIMARY KEY,
  member_id INTEGER NOT NULL,
  epoch INTEGER NOT NULL,
  reason TEXT NOT NULL,
  revoked_by TEXT NOT NULL,
  revoked_at TEXT NOT NULL
);
-- ;;
CREATE INDEX idx_revocations_member ON revocations (member_id);
-- ;;
-- A key itself is not kept, only its BLAKE2b hash.
CREATE TABLE api_keys (
  key_id TEXT NOT NULL PRIMARY KEY,
  key_hash BLOB NOT NULL UNIQUE,
  name TEXT NOT NULL,
  scopes TEXT NOT NULL,
  created_at TEXT NOT NULL,
  expires_at TEXT,
  revoked_at TEXT
);
-- ;;
CREATE TABLE batch_jobs (
  job_id TEXT NOT NULL PRIMARY KEY,
  owner TEXT NOT NULL,
  idempotency_key TEXT,
  state TEXT NOT NULL,
  request BLOB NOT NULL,
  progress BLOB NOT NULL,
  created_at TEXT NOT NULL,
  updated_at TEXT NOT NULL,
  UNIQUE (owner, idempotency_key)
);
-- ;;
CREATE INDEX idx_batch_jobs_created ON batch_jobs (created_at);
-- ;;
CREATE TABLE audit_log (
  audit_id INTEGER PRIMARY KEY,
  action TEXT NOT NULL,
  subject TEXT NOT NULL,
  request_id TEXT NOT NULL,
  actor TEXT NOT NULL,
  at TEXT NOT NULL
);
-- ;;
CREATE INDEX idx_audit_log_at ON audit_log (at);
-- ;;
-- Who changed, for nodes to forget what they cached. Nothing writes to it yet. Numbers are never used again.
CREATE TABLE member_changes (
  change_id INTEGER PRIMARY KEY AUTOINCREMENT,
  member_id INTEGER NOT NULL,
  old_id_number TEXT,
  new_id_number TEXT,
  changed_at TEXT NOT NULL
);
-- ;;
CREATE INDEX idx_member_changes_at ON member_changes (changed_at);
