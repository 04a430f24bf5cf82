-- The change feed: who changed in what others see, for nodes to forget what they cached. A row without a member says
-- that everything may have changed: a name of geography concerns many members, and whoever fills the tables in bulk
-- (and says so with @tessera_skip_summary) adds one such row to each transaction instead of one per member. Triggers
-- only insert, and cut what they insert to its column, so that they neither fail a statement nor hold it up.
-- Comparisons are by bytes, as in 0004. MySQL knows no ALTER of what may be altered already, hence the detour. (Old
-- rows are found by number.)
SET @tessera_columns = IF(
  EXISTS (SELECT 1 FROM information_schema.statistics WHERE table_schema = DATABASE() AND table_name = 'member_changes'
          AND index_name = 'idx_member_changes_at'),
  'ALTER TABLE member_changes MODIFY member_id BIGINT UNSIGNED NULL, DROP KEY idx_member_changes_at',
  'DO 0');
-- ;;
PREPARE tessera_statement FROM @tessera_columns;
-- ;;
EXECUTE tessera_statement;
-- ;;
DEALLOCATE PREPARE tessera_statement;
-- ;;
-- Up to which change all is applied to a cache that outlives the nodes, by the cache's name; under 'purged', up to
-- which changes have been deleted.
CREATE TABLE IF NOT EXISTS change_positions (
  reader VARBINARY(64) NOT NULL,
  position BIGINT UNSIGNED NOT NULL,
  updated_at DATETIME(3) NOT NULL,
  PRIMARY KEY (reader)
) ENGINE = InnoDB DEFAULT CHARACTER SET utf8mb4;
-- ;;
DROP TRIGGER IF EXISTS tessera_feed_members_insert;
-- ;;
CREATE TRIGGER tessera_feed_members_insert AFTER INSERT ON members FOR EACH ROW
BEGIN
  IF @tessera_skip_summary IS NULL THEN
    INSERT INTO member_changes (member_id, old_id_number, new_id_number, changed_at)
    VALUES (NEW.member_id, NULL, LEFT(NEW.id_number, 13), UTC_TIMESTAMP(3));
  END IF;
END;
-- ;;
DROP TRIGGER IF EXISTS tessera_feed_members_update;
-- ;;
CREATE TRIGGER tessera_feed_members_update AFTER UPDATE ON members FOR EACH ROW
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
    INSERT INTO member_changes (member_id, old_id_number, new_id_number, changed_at)
    VALUES (NEW.member_id, LEFT(OLD.id_number, 13), LEFT(NEW.id_number, 13), UTC_TIMESTAMP(3));
    IF NEW.member_id <> OLD.member_id THEN
      INSERT INTO member_changes (member_id, old_id_number, new_id_number, changed_at)
      VALUES (OLD.member_id, LEFT(OLD.id_number, 13), NULL, UTC_TIMESTAMP(3));
    END IF;
  END IF;
END;
-- ;;
DROP TRIGGER IF EXISTS tessera_feed_members_delete;
-- ;;
CREATE TRIGGER tessera_feed_members_delete AFTER DELETE ON members FOR EACH ROW
BEGIN
  IF @tessera_skip_summary IS NULL THEN
    INSERT INTO member_changes (member_id, old_id_number, new_id_number, changed_at)
    VALUES (OLD.member_id, LEFT(OLD.id_number, 13), NULL, UTC_TIMESTAMP(3));
  END IF;
END;
-- ;;
DROP TRIGGER IF EXISTS tessera_feed_provinces_insert;
-- ;;
CREATE TRIGGER tessera_feed_provinces_insert AFTER INSERT ON provinces FOR EACH ROW
BEGIN
  IF @tessera_skip_summary IS NULL THEN
    INSERT INTO member_changes (changed_at) VALUES (UTC_TIMESTAMP(3));
  END IF;
END;
-- ;;
DROP TRIGGER IF EXISTS tessera_feed_provinces_update;
-- ;;
CREATE TRIGGER tessera_feed_provinces_update AFTER UPDATE ON provinces FOR EACH ROW
BEGIN
  IF @tessera_skip_summary IS NULL
     AND NOT (CAST(NEW.province_code AS BINARY) <=> CAST(OLD.province_code AS BINARY)
           AND CAST(NEW.province_name AS BINARY) <=> CAST(OLD.province_name AS BINARY)) THEN
    INSERT INTO member_changes (changed_at) VALUES (UTC_TIMESTAMP(3));
  END IF;
END;
-- ;;
DROP TRIGGER IF EXISTS tessera_feed_provinces_delete;
-- ;;
CREATE TRIGGER tessera_feed_provinces_delete AFTER DELETE ON provinces FOR EACH ROW
BEGIN
  IF @tessera_skip_summary IS NULL THEN
    INSERT INTO member_changes (changed_at) VALUES (UTC_TIMESTAMP(3));
  END IF;
END;
-- ;;
DROP TRIGGER IF EXISTS tessera_feed_municipalities_insert;
-- ;;
CREATE TRIGGER tessera_feed_municipalities_insert AFTER INSERT ON municipalities FOR EACH ROW
BEGIN
  IF @tessera_skip_summary IS NULL THEN
    INSERT INTO member_changes (changed_at) VALUES (UTC_TIMESTAMP(3));
  END IF;
END;
-- ;;
DROP TRIGGER IF EXISTS tessera_feed_municipalities_update;
-- ;;
CREATE TRIGGER tessera_feed_municipalities_update AFTER UPDATE ON municipalities FOR EACH ROW
BEGIN
  IF @tessera_skip_summary IS NULL
     AND NOT (CAST(NEW.municipality_code AS BINARY) <=> CAST(OLD.municipality_code AS BINARY)
           AND CAST(NEW.municipality_name AS BINARY) <=> CAST(OLD.municipality_name AS BINARY)) THEN
    INSERT INTO member_changes (changed_at) VALUES (UTC_TIMESTAMP(3));
  END IF;
END;
-- ;;
DROP TRIGGER IF EXISTS tessera_feed_municipalities_delete;
-- ;;
CREATE TRIGGER tessera_feed_municipalities_delete AFTER DELETE ON municipalities FOR EACH ROW
BEGIN
  IF @tessera_skip_summary IS NULL THEN
    INSERT INTO member_changes (changed_at) VALUES (UTC_TIMESTAMP(3));
  END IF;
END;
-- ;;
DROP TRIGGER IF EXISTS tessera_feed_wards_insert;
-- ;;
CREATE TRIGGER tessera_feed_wards_insert AFTER INSERT ON wards FOR EACH ROW
BEGIN
  IF @tessera_skip_summary IS NULL THEN
    INSERT INTO member_changes (changed_at) VALUES (UTC_TIMESTAMP(3));
  END IF;
END;
-- ;;
DROP TRIGGER IF EXISTS tessera_feed_wards_update;
-- ;;
CREATE TRIGGER tessera_feed_wards_update AFTER UPDATE ON wards FOR EACH ROW
BEGIN
  IF @tessera_skip_summary IS NULL
     AND NOT (CAST(NEW.ward_code AS BINARY) <=> CAST(OLD.ward_code AS BINARY)
           AND CAST(NEW.ward_number AS BINARY) <=> CAST(OLD.ward_number AS BINARY)) THEN
    INSERT INTO member_changes (changed_at) VALUES (UTC_TIMESTAMP(3));
  END IF;
END;
-- ;;
DROP TRIGGER IF EXISTS tessera_feed_wards_delete;
-- ;;
CREATE TRIGGER tessera_feed_wards_delete AFTER DELETE ON wards FOR EACH ROW
BEGIN
  IF @tessera_skip_summary IS NULL THEN
    INSERT INTO member_changes (changed_at) VALUES (UTC_TIMESTAMP(3));
  END IF;
END;
-- ;;
DROP TRIGGER IF EXISTS tessera_feed_voting_stations_insert;
-- ;;
CREATE TRIGGER tessera_feed_voting_stations_insert AFTER INSERT ON voting_stations FOR EACH ROW
BEGIN
  IF @tessera_skip_summary IS NULL THEN
    INSERT INTO member_changes (changed_at) VALUES (UTC_TIMESTAMP(3));
  END IF;
END;
-- ;;
DROP TRIGGER IF EXISTS tessera_feed_voting_stations_update;
-- ;;
CREATE TRIGGER tessera_feed_voting_stations_update AFTER UPDATE ON voting_stations FOR EACH ROW
BEGIN
  IF @tessera_skip_summary IS NULL
     AND NOT (NEW.voting_station_id <=> OLD.voting_station_id
           AND CAST(NEW.station_name AS BINARY) <=> CAST(OLD.station_name AS BINARY)) THEN
    INSERT INTO member_changes (changed_at) VALUES (UTC_TIMESTAMP(3));
  END IF;
END;
-- ;;
DROP TRIGGER IF EXISTS tessera_feed_voting_stations_delete;
-- ;;
CREATE TRIGGER tessera_feed_voting_stations_delete AFTER DELETE ON voting_stations FOR EACH ROW
BEGIN
  IF @tessera_skip_summary IS NULL THEN
    INSERT INTO member_changes (changed_at) VALUES (UTC_TIMESTAMP(3));
  END IF;
END;
