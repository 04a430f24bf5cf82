-- The parameter is ASCII, which compares with a column of any character set under the column's own collation and so
-- through its index; a parameter with the database's default collation would not compare with every column.
DROP PROCEDURE IF EXISTS sp_get_member_by_id_number_optimized;
-- ;;
CREATE PROCEDURE sp_get_member_by_id_number_optimized(IN p_id_number CHAR(13) CHARACTER SET ascii)
  READS SQL DATA SQL SECURITY INVOKER
SELECT
  member_id, id_number, firstname, surname, email, cell_number, province_code, province_name, municipality_code,
  municipality_name, ward_code, ward_number, voting_station_id, voting_station_name, membership_status,
  member_created_at
FROM vw_member_details_optimized
WHERE id_number = p_id_number AND membership_status = 'Active'
ORDER BY member_id DESC
LIMIT 1;
-- ;;
DROP PROCEDURE IF EXISTS sp_get_member_by_id_optimized;
-- ;;
CREATE PROCEDURE sp_get_member_by_id_optimized(IN p_member_id BIGINT UNSIGNED)
  READS SQL DATA SQL SECURITY INVOKER
SELECT
  member_id, id_number, firstname, surname, email, cell_number, province_code, province_name, municipality_code,
  municipality_name, ward_code, ward_number, voting_station_id, voting_station_name, membership_status,
  member_created_at
FROM vw_member_details_optimized
WHERE member_id = p_member_id AND membership_status = 'Active';
