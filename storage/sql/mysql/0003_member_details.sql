-- What a card needs to know of a member: one view, and no index forced in it.
CREATE OR REPLACE ALGORITHM = MERGE SQL SECURITY INVOKER VIEW vw_member_details_optimized AS
SELECT
  m.member_id,
  m.id_number,
  m.firstname,
  m.surname,
  m.email,
  m.cell_number,
  m.province_code,
  p.province_name,
  m.municipality_code,
  mu.municipality_name,
  m.ward_code,
  w.ward_number,
  m.voting_station_id,
  vs.station_name AS voting_station_name,
  m.membership_status,
  m.member_created_at
FROM members m
LEFT JOIN provinces p ON p.province_code = m.province_code
LEFT JOIN municipalities mu ON mu.municipality_code = m.municipality_code
LEFT JOIN wards w ON w.ward_code = m.ward_code
LEFT JOIN voting_stations vs ON vs.voting_station_id = m.voting_station_id;
-- ;;
-- The same rows, joined already, for reports. Columns are wider than any in the source, so that no trigger ever
-- refuses what the source accepted.
CREATE TABLE IF NOT EXISTS member_cache_summary (
  member_id BIGINT UNSIGNED NOT NULL,
  id_number VARCHAR(32) NULL,
  firstname VARCHAR(512) NULL,
  surname VARCHAR(512) NULL,
  email VARCHAR(512) NULL,
  cell_number VARCHAR(255) NULL,
  province_code VARCHAR(64) NULL,
  province_name VARCHAR(512) NULL,
  municipality_code VARCHAR(64) NULL,
  municipality_name VARCHAR(512) NULL,
  ward_code VARCHAR(64) NULL,
  ward_number VARCHAR(64) NULL,
  voting_station_id BIGINT UNSIGNED NULL,
  voting_station_name VARCHAR(512) NULL,
  membership_status VARCHAR(255) NULL,
  member_created_at DATETIME(6) NULL,
  PRIMARY KEY (member_id),
  KEY idx_summary_id_number (id_number),
  KEY idx_summary_municipality (municipality_code),
  KEY idx_summary_ward (ward_code),
  KEY idx_summary_voting_station (voting_station_id)
) ENGINE = InnoDB DEFAULT CHARACTER SET utf8mb4 COLLATE utf8mb4_general_ci;
