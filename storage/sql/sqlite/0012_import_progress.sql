-- How far `tessera import` has come with a file, written in the same transaction as the rows up to there.
CREATE TABLE import_progress (
  import_id TEXT NOT NULL PRIMARY KEY,
  file_name TEXT NOT NULL,
  position INTEGER NOT NULL,
  line INTEGER NOT NULL,
  digest TEXT NOT NULL,
  rejects_size INTEGER NOT NULL,
  inserted INTEGER NOT NULL,
  updated INTEGER NOT NULL,
  unchanged INTEGER NOT NULL,
  rejected INTEGER NOT NULL,
  restored INTEGER NOT NULL,
  places_added INTEGER NOT NULL,
  places_unknown INTEGER NOT NULL,
  saved_at TEXT NOT NULL
) WITHOUT ROWID;
