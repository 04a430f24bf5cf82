-- How far `tessera import` has come with a file, written in the same transaction as the rows up to there.
CREATE TABLE IF NOT EXISTS import_progress (
  import_id VARBINARY(64) NOT NULL,
  file_name VARCHAR(1024) NOT NULL,
  position BIGINT UNSIGNED NOT NULL,
  line BIGINT UNSIGNED NOT NULL,
  digest VARBINARY(64) NOT NULL,
  rejects_size BIGINT UNSIGNED NOT NULL,
  inserted BIGINT UNSIGNED NOT NULL,
  updated BIGINT UNSIGNED NOT NULL,
  unchanged BIGINT UNSIGNED NOT NULL,
  rejected BIGINT UNSIGNED NOT NULL,
  restored BIGINT UNSIGNED NOT NULL,
  places_added BIGINT UNSIGNED NOT NULL,
  places_unknown BIGINT UNSIGNED NOT NULL,
  saved_at DATETIME(3) NOT NULL,
  PRIMARY KEY (import_id)
) ENGINE = InnoDB DEFAULT CHARACTER SET utf8mb4;
