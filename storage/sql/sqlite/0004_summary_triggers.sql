-- member_cache_summary follows every change of what the view shows, NULLs and geography included. What it shows of a
-- member is always taken from the view anew. (No INSERT OR REPLACE here: the conflict clause of the statement that
-- fires a trigger overrides those within.)
CREATE TRIGGER tessera_members_insert AFTER INSERT ON members
BEGIN
  DELETE FROM member_cache_summary WHERE member_id = NEW.member_id;
  INSERT INTO member_cache_summary
    (member_id, id_number, firstname, surname, email, cell_number, province_code, province_name, municipality_code,
     municipality_name, ward_code, ward_number, voting_station_id, voting_station_name, membership_status,
     member_created_at)
  SELECT
    member_id, id_number, firstname, surname, email, cell_number, province_code, province_name, municipality_code,
    municipality_name, ward_code, ward_number, voting_station_id, voting_station_name, membership_status,
    member_created_at
  FROM vw_member_details_optimized WHERE member_id = NEW.member_id;
END;
-- ;;
CREATE TRIGGER tessera_members_update AFTER UPDATE ON members
WHEN NEW.member_id IS NOT OLD.member_id
  OR NEW.id_number IS NOT OLD.id_number
  OR NEW.firstname IS NOT OLD.firstname
  OR NEW.surname IS NOT OLD.surname
  OR NEW.email IS NOT OLD.email
  OR NEW.cell_number IS NOT OLD.cell_number
  OR NEW.province_code IS NOT OLD.province_code
  OR NEW.municipality_code IS NOT OLD.municipality_code
  OR NEW.ward_code IS NOT OLD.ward_code
  OR NEW.voting_station_id IS NOT OLD.voting_station_id
  OR NEW.membership_status IS NOT OLD.membership_status
  OR NEW.member_created_at IS NOT OLD.member_created_at
BEGIN
  DELETE FROM member_cache_summary WHERE member_id IN (OLD.member_id, NEW.member_id);
  INSERT INTO member_cache_summary
    (member_id, id_number, firstname, surname, email, cell_number, province_code, province_name, municipality_code,
     municipality_name, ward_code, ward_number, voting_station_id, voting_station_name, membership_status,
     member_created_at)
  SELECT
    member_id, id_number, firstname, surname, email, cell_number, province_code, province_name, municipality_code,
    municipality_name, ward_code, ward_number, voting_station_id, voting_station_name, membership_status,
    member_created_at
  FROM vw_member_details_optimized WHERE member_id = NEW.member_id;
END;
-- ;;
CREATE TRIGGER tessera_members_delete AFTER DELETE ON members
BEGIN
  DELETE FROM member_cache_summary WHERE member_id = OLD.member_id;
END;
-- ;;
CREATE TRIGGER tessera_provinces_insert AFTER INSERT ON provinces
BEGIN
  UPDATE member_cache_summary SET (province_name, municipality_name, ward_number, voting_station_name) = (
    SELECT v.province_name, v.municipality_name, v.ward_number, v.voting_station_name
    FROM vw_member_details_optimized v WHERE v.member_id = member_cache_summary.member_id)
  WHERE province_code = NEW.province_code;
END;
-- ;;
CREATE TRIGGER tessera_provinces_update AFTER UPDATE ON provinces
WHEN NEW.province_code IS NOT OLD.province_code OR NEW.province_name IS NOT OLD.province_name
BEGIN
  UPDATE member_cache_summary SET (province_name, municipality_name, ward_number, voting_station_name) = (
    SELECT v.province_name, v.municipality_name, v.ward_number, v.voting_station_name
    FROM vw_member_details_optimized v WHERE v.member_id = member_cache_summary.member_id)
  WHERE province_code IN (OLD.province_code, NEW.province_code);
END;
-- ;;
CREATE TRIGGER tessera_provinces_delete AFTER DELETE ON provinces
BEGIN
  UPDATE member_cache_summary SET (province_name, municipality_name, ward_number, voting_station_name) = (
    SELECT v.province_name, v.municipality_name, v.ward_number, v.voting_station_name
    FROM vw_member_details_optimized v WHERE v.member_id = member_cache_summary.member_id)
  WHERE province_code = OLD.province_code;
END;
-- ;;
CREATE TRIGGER tessera_municipalities_insert AFTER INSERT ON municipalities
BEGIN
  UPDATE member_cache_summary SET (province_name, municipality_name, ward_number, voting_station_name) = (
    SELECT v.province_name, v.municipality_name, v.ward_number, v.voting_station_name
    FROM vw_member_details_optimized v WHERE v.member_id = member_cache_summary.member_id)
  WHERE municipality_code = NEW.municipality_code;
END;
-- ;;
CREATE TRIGGER tessera_municipalities_update AFTER UPDATE ON municipalities
WHEN NEW.municipality_code IS NOT OLD.municipality_code OR NEW.municipality_name IS NOT OLD.municipality_name
BEGIN
  UPDATE member_cache_summary SET (province_name, municipality_name, ward_number, voting_station_name) = (
    SELECT v.province_name, v.municipality_name, v.ward_number, v.voting_station_name
    FROM vw_member_details_optimized v WHERE v.member_id = member_cache_summary.member_id)
  WHERE municipality_code IN (OLD.municipality_code, NEW.municipality_code);
END;
-- ;;
CREATE TRIGGER tessera_municipalities_delete AFTER DELETE ON municipalities
BEGIN
  UPDATE member_cache_summary SET (province_name, municipality_name, ward_number, voting_station_name) = (
    SELECT v.province_name, v.municipality_name, v.ward_number, v.voting_station_name
    FROM vw_member_details_optimized v WHERE v.member_id = member_cache_summary.member_id)
  WHERE municipality_code = OLD.municipality_code;
END;
-- ;;
CREATE TRIGGER tessera_wards_insert AFTER INSERT ON wards
BEGIN
  UPDATE member_cache_summary SET (province_name, municipality_name, ward_number, voting_station_name) = (
    SELECT v.province_name, v.municipality_name, v.ward_number, v.voting_station_name
    FROM vw_member_details_optimized v WHERE v.member_id = member_cache_summary.member_id)
  WHERE ward_code = NEW.ward_code;
END;
-- ;;
CREATE TRIGGER tessera_wards_update AFTER UPDATE ON wards
WHEN NEW.ward_code IS NOT OLD.ward_code OR NEW.ward_number IS NOT OLD.ward_number
BEGIN
  UPDATE member_cache_summary SET (province_name, municipality_name, ward_number, voting_station_name) = (
    SELECT v.province_name, v.municipality_name, v.ward_number, v.voting_station_name
    FROM vw_member_details_optimized v WHERE v.member_id = member_cache_summary.member_id)
  WHERE ward_code IN (OLD.ward_code, NEW.ward_code);
END;
-- ;;
CREATE TRIGGER tessera_wards_delete AFTER DELETE ON wards
BEGIN
  UPDATE member_cache_summary SET (province_name, municipality_name, ward_number, voting_station_name) = (
    SELECT v.province_name, v.municipality_name, v.ward_number, v.voting_station_name
    FROM vw_member_details_optimized v WHERE v.member_id = member_cache_summary.member_id)
  WHERE ward_code = OLD.ward_code;
END;
-- ;;
CREATE TRIGGER tessera_voting_stations_insert AFTER INSERT ON voting_stations
BEGIN
  UPDATE member_cache_summary SET (province_name, municipality_name, ward_number, voting_station_name) = (
    SELECT v.province_name, v.municipality_name, v.ward_number, v.voting_station_name
    FROM vw_member_details_optimized v WHERE v.member_id = member_cache_summary.member_id)
  WHERE voting_station_id = NEW.voting_station_id;
END;
-- ;;
CREATE TRIGGER tessera_voting_stations_update AFTER UPDATE ON voting_stations
WHEN NEW.voting_station_id IS NOT OLD.voting_station_id OR NEW.station_name IS NOT OLD.station_name
BEGIN
  UPDATE member_cache_summary SET (province_name, municipality_name, ward_number, voting_station_name) = (
    SELECT v.province_name, v.municipality_name, v.ward_number, v.voting_station_name
    FROM vw_member_details_optimized v WHERE v.member_id = member_cache_summary.member_id)
  WHERE voting_station_id IN (OLD.voting_station_id, NEW.voting_station_id);
END;
-- ;;
CREATE TRIGGER tessera_voting_stations_delete AFTER DELETE ON voting_stations
BEGIN
  UPDATE member_cache_summary SET (province_name, municipality_name, ward_number, voting_station_name) = (
    SELECT v.province_name, v.municipality_name, v.ward_number, v.voting_station_name
    FROM vw_member_details_optimized v WHERE v.member_id = member_cache_summary.member_id)
  WHERE voting_station_id = OLD.voting_station_id;
END;
-- ;;
INSERT INTO member_cache_summary
  (member_id, id_number, firstname, surname, email, cell_number, province_code, province_name, municipality_code,
   municipality_name, ward_code, ward_number, voting_station_id, voting_station_name, membership_status,
   member_created_at)
SELECT
  member_id, id_number, firstname, surname, email, cell_number, province_code, province_name, municipality_code,
  municipality_name, ward_code, ward_number, voting_station_id, voting_station_name, membership_status,
  member_created_at
FROM vw_member_details_optimized;
