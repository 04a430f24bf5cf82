-- What a card needs to know of a member.
CREATE VIEW vw_member_details_optimized AS
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
-- The same rows, joined already, for reports.
CREATE TABLE member_cache_summary (
  member_id INTEGER PRIMARY KEY,
  id_number TEXT,
  firstname TEXT,
  surname TEXT,
  email TEXT,
  cell_number TEXT,
  province_code TEXT,
  province_name TEXT,
  municipality_code TEXT,
  municipality_name TEXT,
  ward_code TEXT,
  ward_number TEXT,
  voting_station_id INTEGER,
  voting_station_name TEXT,
  membership_status TEXT,
  member_created_at TEXT
);
-- ;;
CREATE INDEX idx_summary_id_number ON member_cache_summary (id_number);
-- ;;
CREATE INDEX idx_summary_municipality ON member_cache_summary (municipality_code);
-- ;;
CREATE INDEX idx_summary_ward ON member_cache_summary (ward_code);
-- ;;
CREATE INDEX idx_summary_voting_station ON member_cache_summary (voting_station_id);
