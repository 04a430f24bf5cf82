-- The predecessor's tables. Times are UTC: "2026-01-31 08:05:09.007".
CREATE TABLE provinces (
  province_code TEXT NOT NULL PRIMARY KEY,
  province_name TEXT NOT NULL
) WITHOUT ROWID;
-- ;;
CREATE TABLE municipalities (
  municipality_code TEXT NOT NULL PRIMARY KEY,
  municipality_name TEXT NOT NULL,
  province_code TEXT NOT NULL
) WITHOUT ROWID;
-- ;;
CREATE TABLE wards (
  ward_code TEXT NOT NULL PRIMARY KEY,
  ward_number TEXT NOT NULL,
  municipality_code TEXT NOT NULL
) WITHOUT ROWID;
-- ;;
CREATE TABLE voting_stations (
  voting_station_id INTEGER PRIMARY KEY,
  station_name TEXT NOT NULL,
  ward_code TEXT NOT NULL
);
-- ;;
CREATE TABLE members (
  member_id INTEGER PRIMARY KEY,
  id_number TEXT NOT NULL,
  firstname TEXT NOT NULL,
  surname TEXT,
  email TEXT,
  cell_number TEXT,
  province_code TEXT,
  municipality_code TEXT,
  ward_code TEXT,
  voting_station_id INTEGER,
  membership_status TEXT NOT NULL DEFAULT 'Active',
  member_created_at TEXT NOT NULL DEFAULT (strftime('%Y-%m-%d %H:%M:%f', 'now'))
);
