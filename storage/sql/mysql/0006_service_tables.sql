-- Our own tables. Times are UTC.
CREATE TABLE IF NOT EXISTS card_state (
  member_id BIGINT UNSIGNED NOT NULL,
  epoch INT UNSIGNED NOT NULL,
  updated_at DATETIME(3) NOT NULL,
  PRIMARY KEY (member_id)
) ENGINE = InnoDB DEFAULT CHARACTER SET utf8mb4;
-- ;;
-- A revocation concerns the member's cards up to and including that epoch.
CREATE TABLE IF NOT EXISTS revocations (
  revocation_id BIGINT UNSIGNED NOT NULL AUTO_INCREMENT,
  member_id BIGINT UNSIGNED NOT NULL,
  epoch INT UNSIGNED NOT NULL,
  reason VARCHAR(255) NOT NULL,
  revoked_by VARCHAR(255) NOT NULL,
  revoked_at DATETIME(3) NOT NULL,
  PRIMARY KEY (revocation_id),
  KEY idx_revocations_member (member_id)
) ENGINE = InnoDB DEFAULT CHARACTER SET utf8mb4;
-- ;;
-- A key itself is not kept, only its BLAKE2b hash.
CREATE TABLE IF NOT EXISTS api_keys (
  key_id VARCHAR(64) NOT NULL,
  key_hash BINARY(32) NOT NULL,
  name VARCHAR(255) NOT NULL,
  scopes VARCHAR(255) NOT NULL,
  created_at DATETIME(3) NOT NULL,
  expires_at DATETIME(3) NULL,
  revoked_at DATETIME(3) NULL,
  PRIMARY KEY (key_id),
  UNIQUE KEY idx_api_keys_hash (key_hash)
) ENGINE = InnoDB DEFAULT CHARACTER SET utf8mb4;
-- ;;
CREATE TABLE IF NOT EXISTS batch_jobs (
  job_id VARCHAR(64) NOT NULL,
  owner VARCHAR(255) NOT NULL,
  idempotency_key VARCHAR(255) NULL,
  state VARCHAR(32) NOT NULL,
  request MEDIUMBLOB NOT NULL,
  progress MEDIUMBLOB NOT NULL,
  created_at DATETIME(3) NOT NULL,
  updated_at DATETIME(3) NOT NULL,
  PRIMARY KEY (job_id),
  UNIQUE KEY idx_batch_jobs_idempotency (owner, idempotency_key),
  KEY idx_batch_jobs_created (created_at)
) ENGINE = InnoDB DEFAULT CHARACTER SET utf8mb4;
-- ;;
CREATE TABLE IF NOT EXISTS audit_log (
  audit_id BIGINT UNSIGNED NOT NULL AUTO_INCREMENT,
  action VARCHAR(255) NOT NULL,
  subject VARCHAR(1024) NOT NULL,
  request_id VARCHAR(255) NOT NULL,
  actor VARCHAR(255) NOT NULL,
  at DATETIME(3) NOT NULL,
  PRIMARY KEY (audit_id),
  KEY idx_audit_log_at (at)
) ENGINE = InnoDB DEFAULT CHARACTER SET utf8mb4;
-- ;;
-- Who changed, for nodes to forget what they cached. Nothing writes to it yet.
CREATE TABLE IF NOT EXISTS member_changes (
  change_id BIGINT UNSIGNED NOT NULL AUTO_INCREMENT,
  member_id BIGINT UNSIGNED NOT NULL,
  old_id_number CHAR(13) NULL,
  new_id_number CHAR(13) NULL,
  changed_at DATETIME(3) NOT NULL,
  PRIMARY KEY (change_id),
  KEY idx_member_changes_at (changed_at)
) ENGINE = InnoDB DEFAULT CHARACTER SET utf8mb4;
