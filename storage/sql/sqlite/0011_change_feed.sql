-- The change feed: who changed in what others see, for nodes to forget what they cached. A row without a member says
-- that everything may have changed: a name of geography concerns many members, and the bulk loader adds one such row to
-- each of its transactions instead of one per member. Numbers are never used again. (The table was unused so far.)
DROP TABLE member_changes;
-- ;;
CREATE TABLE member_changes (
  change_id INTEGER PRIMARY KEY AUTOINCREMENT,
  member_id INTEGER,
  old_id_number TEXT,
  new_id_number TEXT,
  changed_at TEXT NOT NULL
);
-- ;;
-- Up to which change all is applied to a cache that outlives the nodes, by the cache's name; under 'purged', up to
-- which changes have been deleted.
CREATE TABLE change_positions (
  reader TEXT NOT NULL PRIMARY KEY,
  position INTEGER NOT NULL,
  updated_at TEXT NOT NULL
) WITHOUT ROWID;
-- ;;
-- Has a row in the bulk loader's own transactions alone, so nobody else ever sees one.
CREATE TABLE bulk_load (
  at_work INTEGER NOT NULL
);
-- ;;
CREATE TRIGGER tessera_feed_members_insert AFTER INSERT ON members
WHEN NOT EXISTS (SELECT 1 FROM bulk_load)
BEGIN
  INSERT INTO member_changes (member_id, old_id_number, new_id_number, changed_at)
  VALUES (NEW.member_id, NULL, NEW.id_number, strftime('%Y-%m-%d %H:%M:%f', 'now'));
END;
-- ;;
CREATE TRIGGER tessera_feed_members_update AFTER UPDATE ON members
WHEN NOT EXISTS (SELECT 1 FROM bulk_load)
  AND (NEW.member_id IS NOT OLD.member_id
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
    OR NEW.member_created_at IS NOT OLD.member_created_at)
BEGIN
  INSERT INTO member_changes (member_id, old_id_number, new_id_number, changed_at)
  VALUES (NEW.member_id, OLD.id_number, NEW.id_number, strftime('%Y-%m-%d %H:%M:%f', 'now'));
  INSERT INTO member_changes (member_id, old_id_number, new_id_number, changed_at)
  SELECT OLD.member_id, OLD.id_number, NULL, strftime('%Y-%m-%d %H:%M:%f', 'now') WHERE NEW.member_id <> OLD.member_id;
END;
-- ;;
CREATE TRIGGER tessera_feed_members_delete AFTER DELETE ON members
WHEN NOT EXISTS (SELECT 1 FROM bulk_load)
BEGIN
  INSERT INTO member_changes (member_id, old_id_number, new_id_number, changed_at)
  VALUES (OLD.member_id, OLD.id_number, NULL, strftime('%Y-%m-%d %H:%M:%f', 'now'));
END;
-- ;;
-- A row that INSERT OR REPLACE or UPDATE OR REPLACE puts out of its way is deleted without a trigger.
CREATE TRIGGER tessera_feed_members_replace BEFORE INSERT ON members
WHEN NOT EXISTS (SELECT 1 FROM bulk_load)
BEGIN
  INSERT INTO member_changes (member_id, old_id_number, new_id_number, changed_at)
  SELECT member_id, id_number, NULL, strftime('%Y-%m-%d %H:%M:%f', 'now') FROM members
  WHERE member_id = NEW.member_id OR id_number = NEW.id_number;
END;
-- ;;
CREATE TRIGGER tessera_feed_members_oust BEFORE UPDATE OF member_id, id_number ON members
WHEN NOT EXISTS (SELECT 1 FROM bulk_load)
  AND (NEW.member_id IS NOT OLD.member_id OR NEW.id_number IS NOT OLD.id_number)
BEGIN
  INSERT INTO member_changes (member_id, old_id_number, new_id_number, changed_at)
  SELECT member_id, id_number, NULL, strftime('%Y-%m-%d %H:%M:%f', 'now') FROM members
  WHERE (member_id = NEW.member_id OR id_number = NEW.id_number) AND member_id <> OLD.member_id;
END;
-- ;;
CREATE TRIGGER tessera_feed_provinces_insert AFTER INSERT ON provinces
WHEN NOT EXISTS (SELECT 1 FROM bulk_load)
BEGIN
  INSERT INTO member_changes (changed_at) VALUES (strftime('%Y-%m-%d %H:%M:%f', 'now'));
END;
-- ;;
CREATE TRIGGER tessera_feed_provinces_update AFTER UPDATE ON provinces
WHEN NOT EXISTS (SELECT 1 FROM bulk_load)
  AND (NEW.province_code IS NOT OLD.province_code OR NEW.province_name IS NOT OLD.province_name)
BEGIN
  INSERT INTO member_changes (changed_at) VALUES (strftime('%Y-%m-%d %H:%M:%f', 'now'));
END;
-- ;;
CREATE TRIGGER tessera_feed_provinces_delete AFTER DELETE ON provinces
WHEN NOT EXISTS (SELECT 1 FROM bulk_load)
BEGIN
  INSERT INTO member_changes (changed_at) VALUES (strftime('%Y-%m-%d %H:%M:%f', 'now'));
END;
-- ;;
CREATE TRIGGER tessera_feed_municipalities_insert AFTER INSERT ON municipalities
WHEN NOT EXISTS (SELECT 1 FROM bulk_load)
BEGIN
  INSERT INTO member_changes (changed_at) VALUES (strftime('%Y-%m-%d %H:%M:%f', 'now'));
END;
-- ;;
CREATE TRIGGER tessera_feed_municipalities_update AFTER UPDATE ON municipalities
WHEN NOT EXISTS (SELECT 1 FROM bulk_load)
  AND (NEW.municipality_code IS NOT OLD.municipality_code OR NEW.municipality_name IS NOT OLD.municipality_name)
BEGIN
  INSERT INTO member_changes (changed_at) VALUES (strftime('%Y-%m-%d %H:%M:%f', 'now'));
END;
-- ;;
CREATE TRIGGER tessera_feed_municipalities_delete AFTER DELETE ON municipalities
WHEN NOT EXISTS (SELECT 1 FROM bulk_load)
BEGIN
  INSERT INTO member_changes (changed_at) VALUES (strftime('%Y-%m-%d %H:%M:%f', 'now'));
END;
-- ;;
CREATE TRIGGER tessera_feed_wards_insert AFTER INSERT ON wards
WHEN NOT EXISTS (SELECT 1 FROM bulk_load)
BEGIN
  INSERT INTO member_changes (changed_at) VALUES (strftime('%Y-%m-%d %H:%M:%f', 'now'));
END;
-- ;;
CREATE TRIGGER tessera_feed_wards_update AFTER UPDATE ON wards
WHEN NOT EXISTS (SELECT 1 FROM bulk_load)
  AND (NEW.ward_code IS NOT OLD.ward_code OR NEW.ward_number IS NOT OLD.ward_number)
BEGIN
  INSERT INTO member_changes (changed_at) VALUES (strftime('%Y-%m-%d %H:%M:%f', 'now'));
END;
-- ;;
CREATE TRIGGER tessera_feed_wards_delete AFTER DELETE ON wards
WHEN NOT EXISTS (SELECT 1 FROM bulk_load)
BEGIN
  INSERT INTO member_changes (changed_at) VALUES (strftime('%Y-%m-%d %H:%M:%f', 'now'));
END;
-- ;;
CREATE TRIGGER tessera_feed_voting_stations_insert AFTER INSERT ON voting_stations
WHEN NOT EXISTS (SELECT 1 FROM bulk_load)
BEGIN
  INSERT INTO member_changes (changed_at) VALUES (strftime('%Y-%m-%d %H:%M:%f', 'now'));
END;
-- ;;
CREATE TRIGGER tessera_feed_voting_stations_update AFTER UPDATE ON voting_stations
WHEN NOT EXISTS (SELECT 1 FROM bulk_load)
  AND (NEW.voting_station_id IS NOT OLD.voting_station_id OR NEW.station_name IS NOT OLD.station_name)
BEGIN
  INSERT INTO member_changes (changed_at) VALUES (strftime('%Y-%m-%d %H:%M:%f', 'now'));
END;
-- ;;
CREATE TRIGGER tessera_feed_voting_stations_delete AFTER DELETE ON voting_stations
WHEN NOT EXISTS (SELECT 1 FROM bulk_load)
BEGIN
  INSERT INTO member_changes (changed_at) VALUES (strftime('%Y-%m-%d %H:%M:%f', 'now'));
END;
