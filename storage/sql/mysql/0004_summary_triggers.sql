-- member_cache_summary follows every change of what the view shows: NULLs, letter case and geography included. A
-- member's row is always taken from the view anew. Comparisons are by bytes (a collation may call 'Dube' and 'DUBE'
-- equal); codes are compared under the summary's collation, because the source's tables may have others.
-- @tessera_skip_summary is set by the bulk loader alone, which brings the summary up to date itself, in the same
-- transaction.
DROP TRIGGER IF EXISTS tessera_members_insert;
-- ;;
CREATE TRIGGER tessera_members_insert AFTER INSERT ON members FOR EACH ROW
BEGIN
  IF @tessera_skip_summary IS NULL THEN
    REPLACE INTO member_cache_summary
      (member_id, id_number, firstname, surname, email, cell_number, province_code, province_name,
       municipality_code, municipality_name, ward_code, ward_number, voting_station_id, voting_station_name,
       membership_status, member_created_at)
    SELECT
      member_id, id_number, firstname, surname, email, cell_number, province_code, province_name, municipality_code,
      municipality_name, ward_code, ward_number, voting_station_id, voting_station_name, membership_status,
      member_created_at
    FROM vw_member_details_optimized WHERE member_id = NEW.member_id;
  END IF;
END;
-- ;;
DROP TRIGGER IF EXISTS tessera_members_update;
-- ;;
CREATE TRIGGER tessera_members_update AFTER UPDATE ON members FOR EACH ROW
BEGIN
  IF @tessera_skip_summary IS NULL
     AND NOT (NEW.member_id <=> OLD.member_id
           AND CAST(NEW.id_number AS BINARY) <=> CAST(OLD.id_number AS BINARY)
           AND CAST(NEW.firstname AS BINARY) <=> CAST(OLD.firstname AS BINARY)
           AND CAST(NEW.surname AS BINARY) <=> CAST(OLD.surname AS BINARY)
           AND CAST(NEW.email AS BINARY) <=> CAST(OLD.email AS BINARY)
           AND CAST(NEW.cell_number AS BINARY) <=> CAST(OLD.cell_number AS BINARY)
           AND CAST(NEW.province_code AS BINARY) <=> CAST(OLD.province_code AS BINARY)
           AND CAST(NEW.municipality_code AS BINARY) <=> CAST(OLD.municipality_code AS BINARY)
           AND CAST(NEW.ward_code AS BINARY) <=> CAST(OLD.ward_code AS BINARY)
           AND NEW.voting_station_id <=> OLD.voting_station_id
           AND CAST(NEW.membership_status AS BINARY) <=> CAST(OLD.membership_status AS BINARY)
           AND NEW.member_created_at <=> OLD.member_created_at) THEN
    IF NEW.member_id <> OLD.member_id THEN
      DELETE FROM member_cache_summary WHERE member_id = OLD.member_id;
    END IF;
    REPLACE INTO member_cache_summary
      (member_id, id_number, firstname, surname, email, cell_number, province_code, province_name,
       municipality_code, municipality_name, ward_code, ward_number, voting_station_id, voting_station_name,
       membership_status, member_created_at)
    SELECT
      member_id, id_number, firstname, surname, email, cell_number, province_code, province_name, municipality_code,
      municipality_name, ward_code, ward_number, voting_station_id, voting_station_name, membership_status,
      member_created_at
    FROM vw_member_details_optimized WHERE member_id = NEW.member_id;
  END IF;
END;
-- ;;
DROP TRIGGER IF EXISTS tessera_members_delete;
-- ;;
CREATE TRIGGER tessera_members_delete AFTER DELETE ON members FOR EACH ROW
DELETE FROM member_cache_summary WHERE member_id = OLD.member_id;
-- ;;
DROP TRIGGER IF EXISTS tessera_provinces_insert;
-- ;;
CREATE TRIGGER tessera_provinces_insert AFTER INSERT ON provinces FOR EACH ROW
REPLACE INTO member_cache_summary
  (member_id, id_number, firstname, surname, email, cell_number, province_code, province_name, municipality_code,
   municipality_name, ward_code, ward_number, voting_station_id, voting_station_name, membership_status,
   member_created_at)
SELECT
  v.member_id, v.id_number, v.firstname, v.surname, v.email, v.cell_number, v.province_code, v.province_name,
  v.municipality_code, v.municipality_name, v.ward_code, v.ward_number, v.voting_station_id, v.voting_station_name,
  v.membership_status, v.member_created_at
FROM member_cache_summary s JOIN vw_member_details_optimized v ON v.member_id = s.member_id
WHERE s.province_code = CONVERT(NEW.province_code USING utf8mb4) COLLATE utf8mb4_general_ci;
-- ;;
DROP TRIGGER IF EXISTS tessera_provinces_update;
-- ;;
CREATE TRIGGER tessera_provinces_update AFTER UPDATE ON provinces FOR EACH ROW
BEGIN
  IF NOT (CAST(NEW.province_code AS BINARY) <=> CAST(OLD.province_code AS BINARY)
          AND CAST(NEW.province_name AS BINARY) <=> CAST(OLD.province_name AS BINARY)) THEN
    REPLACE INTO member_cache_summary
      (member_id, id_number, firstname, surname, email, cell_number, province_code, province_name,
       municipality_code, municipality_name, ward_code, ward_number, voting_station_id, voting_station_name,
       membership_status, member_created_at)
    SELECT
      v.member_id, v.id_number, v.firstname, v.surname, v.email, v.cell_number, v.province_code, v.province_name,
      v.municipality_code, v.municipality_name, v.ward_code, v.ward_number, v.voting_station_id,
      v.voting_station_name, v.membership_status, v.member_created_at
    FROM member_cache_summary s JOIN vw_member_details_optimized v ON v.member_id = s.member_id
    WHERE s.province_code IN (CONVERT(OLD.province_code USING utf8mb4) COLLATE utf8mb4_general_ci,
      CONVERT(NEW.province_code USING utf8mb4) COLLATE utf8mb4_general_ci);
  END IF;
END;
-- ;;
DROP TRIGGER IF EXISTS tessera_provinces_delete;
-- ;;
CREATE TRIGGER tessera_provinces_delete AFTER DELETE ON provinces FOR EACH ROW
REPLACE INTO member_cache_summary
  (member_id, id_number, firstname, surname, email, cell_number, province_code, province_name, municipality_code,
   municipality_name, ward_code, ward_number, voting_station_id, voting_station_name, membership_status,
   member_created_at)
SELECT
  v.member_id, v.id_number, v.firstname, v.surname, v.email, v.cell_number, v.province_code, v.province_name,
  v.municipality_code, v.municipality_name, v.ward_code, v.ward_number, v.voting_station_id, v.voting_station_name,
  v.membership_status, v.member_created_at
FROM member_cache_summary s JOIN vw_member_details_optimized v ON v.member_id = s.member_id
WHERE s.province_code = CONVERT(OLD.province_code USING utf8mb4) COLLATE utf8mb4_general_ci;
-- ;;
DROP TRIGGER IF EXISTS tessera_municipalities_insert;
-- ;;
CREATE TRIGGER tessera_municipalities_insert AFTER INSERT ON municipalities FOR EACH ROW
REPLACE INTO member_cache_summary
  (member_id, id_number, firstname, surname, email, cell_number, province_code, province_name, municipality_code,
   municipality_name, ward_code, ward_number, voting_station_id, voting_station_name, membership_status,
   member_created_at)
SELECT
  v.member_id, v.id_number, v.firstname, v.surname, v.email, v.cell_number, v.province_code, v.province_name,
  v.municipality_code, v.municipality_name, v.ward_code, v.ward_number, v.voting_station_id, v.voting_station_name,
  v.membership_status, v.member_created_at
FROM member_cache_summary s JOIN vw_member_details_optimized v ON v.member_id = s.member_id
WHERE s.municipality_code = CONVERT(NEW.municipality_code USING utf8mb4) COLLATE utf8mb4_general_ci;
-- ;;
DROP TRIGGER IF EXISTS tessera_municipalities_update;
-- ;;
CREATE TRIGGER tessera_municipalities_update AFTER UPDATE ON municipalities FOR EACH ROW
BEGIN
  IF NOT (CAST(NEW.municipality_code AS BINARY) <=> CAST(OLD.municipality_code AS BINARY)
          AND CAST(NEW.municipality_name AS BINARY) <=> CAST(OLD.municipality_name AS BINARY)) THEN
    REPLACE INTO member_cache_summary
      (member_id, id_number, firstname, surname, email, cell_number, province_code, province_name,
       municipality_code, municipality_name, ward_code, ward_number, voting_station_id, voting_station_name,
       membership_status, member_created_at)
    SELECT
      v.member_id, v.id_number, v.firstname, v.surname, v.email, v.cell_number, v.province_code, v.province_name,
      v.municipality_code, v.municipality_name, v.ward_code, v.ward_number, v.voting_station_id,
      v.voting_station_name, v.membership_status, v.member_created_at
    FROM member_cache_summary s JOIN vw_member_details_optimized v ON v.member_id = s.member_id
    WHERE s.municipality_code IN (CONVERT(OLD.municipality_code USING utf8mb4) COLLATE utf8mb4_general_ci,
      CONVERT(NEW.municipality_code USING utf8mb4) COLLATE utf8mb4_general_ci);
  END IF;
END;
-- ;;
DROP TRIGGER IF EXISTS tessera_municipalities_delete;
-- ;;
CREATE TRIGGER tessera_municipalities_delete AFTER DELETE ON municipalities FOR EACH ROW
REPLACE INTO member_cache_summary
  (member_id, id_number, firstname, surname, email, cell_number, province_code, province_name, municipality_code,
   municipality_name, ward_code, ward_number, voting_station_id, voting_station_name, membership_status,
   member_created_at)
SELECT
  v.member_id, v.id_number, v.firstname, v.surname, v.email, v.cell_number, v.province_code, v.province_name,
  v.municipality_code, v.municipality_name, v.ward_code, v.ward_number, v.voting_station_id, v.voting_station_name,
  v.membership_status, v.member_created_at
FROM member_cache_summary s JOIN vw_member_details_optimized v ON v.member_id = s.member_id
WHERE s.municipality_code = CONVERT(OLD.municipality_code USING utf8mb4) COLLATE utf8mb4_general_ci;
-- ;;
DROP TRIGGER IF EXISTS tessera_wards_insert;
-- ;;
CREATE TRIGGER tessera_wards_insert AFTER INSERT ON wards FOR EACH ROW
REPLACE INTO member_cache_summary
  (member_id, id_number, firstname, surname, email, cell_number, province_code, province_name, municipality_code,
   municipality_name, ward_code, ward_number, voting_station_id, voting_station_name, membership_status,
   member_created_at)
SELECT
  v.member_id, v.id_number, v.firstname, v.surname, v.email, v.cell_number, v.province_code, v.province_name,
  v.municipality_code, v.municipality_name, v.ward_code, v.ward_number, v.voting_station_id, v.voting_station_name,
  v.membership_status, v.member_created_at
FROM member_cache_summary s JOIN vw_member_details_optimized v ON v.member_id = s.member_id
WHERE s.ward_code = CONVERT(NEW.ward_code USING utf8mb4) COLLATE utf8mb4_general_ci;
-- ;;
DROP TRIGGER IF EXISTS tessera_wards_update;
-- ;;
CREATE TRIGGER tessera_wards_update AFTER UPDATE ON wards FOR EACH ROW
BEGIN
  IF NOT (CAST(NEW.ward_code AS BINARY) <=> CAST(OLD.ward_code AS BINARY)
          AND CAST(NEW.ward_number AS BINARY) <=> CAST(OLD.ward_number AS BINARY)) THEN
    REPLACE INTO member_cache_summary
      (member_id, id_number, firstname, surname, email, cell_number, province_code, province_name,
       municipality_code, municipality_name, ward_code, ward_number, voting_station_id, voting_station_name,
       membership_status, member_created_at)
    SELECT
      v.member_id, v.id_number, v.firstname, v.surname, v.email, v.cell_number, v.province_code, v.province_name,
      v.municipality_code, v.municipality_name, v.ward_code, v.ward_number, v.voting_station_id,
      v.voting_station_name, v.membership_status, v.member_created_at
    FROM member_cache_summary s JOIN vw_member_details_optimized v ON v.member_id = s.member_id
    WHERE s.ward_code IN (CONVERT(OLD.ward_code USING utf8mb4) COLLATE utf8mb4_general_ci,
      CONVERT(NEW.ward_code USING utf8mb4) COLLATE utf8mb4_general_ci);
  END IF;
END;
-- ;;
DROP TRIGGER IF EXISTS tessera_wards_delete;
-- ;;
CREATE TRIGGER tessera_wards_delete AFTER DELETE ON wards FOR EACH ROW
REPLACE INTO member_cache_summary
  (member_id, id_number, firstname, surname, email, cell_number, province_code, province_name, municipality_code,
   municipality_name, ward_code, ward_number, voting_station_id, voting_station_name, membership_status,
   member_created_at)
SELECT
  v.member_id, v.id_number, v.firstname, v.surname, v.email, v.cell_number, v.province_code, v.province_name,
  v.municipality_code, v.municipality_name, v.ward_code, v.ward_number, v.voting_station_id, v.voting_station_name,
  v.membership_status, v.member_created_at
FROM member_cache_summary s JOIN vw_member_details_optimized v ON v.member_id = s.member_id
WHERE s.ward_code = CONVERT(OLD.ward_code USING utf8mb4) COLLATE utf8mb4_general_ci;
-- ;;
DROP TRIGGER IF EXISTS tessera_voting_stations_insert;
-- ;;
CREATE TRIGGER tessera_voting_stations_insert AFTER INSERT ON voting_stations FOR EACH ROW
REPLACE INTO member_cache_summary
  (member_id, id_number, firstname, surname, email, cell_number, province_code, province_name, municipality_code,
   municipality_name, ward_code, ward_number, voting_station_id, voting_station_name, membership_status,
   member_created_at)
SELECT
  v.member_id, v.id_number, v.firstname, v.surname, v.email, v.cell_number, v.province_code, v.province_name,
  v.municipality_code, v.municipality_name, v.ward_code, v.ward_number, v.voting_station_id, v.voting_station_name,
  v.membership_status, v.member_created_at
FROM member_cache_summary s JOIN vw_member_details_optimized v ON v.member_id = s.member_id
WHERE s.voting_station_id = NEW.voting_station_id;
-- ;;
DROP TRIGGER IF EXISTS tessera_voting_stations_update;
-- ;;
CREATE TRIGGER tessera_voting_stations_update AFTER UPDATE ON voting_stations FOR EACH ROW
BEGIN
  IF NOT (NEW.voting_station_id <=> OLD.voting_station_id
          AND CAST(NEW.station_name AS BINARY) <=> CAST(OLD.station_name AS BINARY)) THEN
    REPLACE INTO member_cache_summary
      (member_id, id_number, firstname, surname, email, cell_number, province_code, province_name,
       municipality_code, municipality_name, ward_code, ward_number, voting_station_id, voting_station_name,
       membership_status, member_created_at)
    SELECT
      v.member_id, v.id_number, v.firstname, v.surname, v.email, v.cell_number, v.province_code, v.province_name,
      v.municipality_code, v.municipality_name, v.ward_code, v.ward_number, v.voting_station_id,
      v.voting_station_name, v.membership_status, v.member_created_at
    FROM member_cache_summary s JOIN vw_member_details_optimized v ON v.member_id = s.member_id
    WHERE s.voting_station_id IN (OLD.voting_station_id,
      NEW.voting_station_id);
  END IF;
END;
-- ;;
DROP TRIGGER IF EXISTS tessera_voting_stations_delete;
-- ;;
CREATE TRIGGER tessera_voting_stations_delete AFTER DELETE ON voting_stations FOR EACH ROW
REPLACE INTO member_cache_summary
  (member_id, id_number, firstname, surname, email, cell_number, province_code, province_name, municipality_code,
   municipality_name, ward_code, ward_number, voting_station_id, voting_station_name, membership_status,
   member_created_at)
SELECT
  v.member_id, v.id_number, v.firstname, v.surname, v.email, v.cell_number, v.province_code, v.province_name,
  v.municipality_code, v.municipality_name, v.ward_code, v.ward_number, v.voting_station_id, v.voting_station_name,
  v.membership_status, v.member_created_at
FROM member_cache_summary s JOIN vw_member_details_optimized v ON v.member_id = s.member_id
WHERE s.voting_station_id = OLD.voting_station_id;
-- ;;
-- What was there before the triggers.
REPLACE INTO member_cache_summary
  (member_id, id_number, firstname, surname, email, cell_number, province_code, province_name, municipality_code,
   municipality_name, ward_code, ward_number, voting_station_id, voting_station_name, membership_status,
   member_created_at)
SELECT
  member_id, id_number, firstname, surname, email, cell_number, province_code, province_name, municipality_code,
  municipality_name, ward_code, ward_number, voting_station_id, voting_station_name, membership_status,
  member_created_at
FROM vw_member_details_optimized;
-- ;;
DELETE s FROM member_cache_summary s LEFT JOIN members m ON m.member_id = s.member_id WHERE m.member_id IS NULL;
