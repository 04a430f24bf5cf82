-- MySQL knows no CREATE INDEX IF NOT EXISTS, hence the detour by PREPARE. Whoever holds one ID number twice keeps both
-- rows: the index is then not unique, and the newest active member is the one that is found.
SET @tessera_index = IF(
  EXISTS (SELECT 1 FROM information_schema.statistics WHERE table_schema = DATABASE() AND table_name = 'members'
          AND index_name = 'idx_members_id_number_optimized'),
  'DO 0',
  IF(EXISTS (SELECT 1 FROM members GROUP BY id_number HAVING COUNT(*) > 1),
     'CREATE INDEX idx_members_id_number_optimized ON members (id_number)',
     'CREATE UNIQUE INDEX idx_members_id_number_optimized ON members (id_number)'));
-- ;;
PREPARE tessera_statement FROM @tessera_index;
-- ;;
EXECUTE tessera_statement;
-- ;;
-- For reports by status; our own statements need it not.
SET @tessera_index = IF(
  EXISTS (SELECT 1 FROM information_schema.statistics WHERE table_schema = DATABASE() AND table_name = 'members'
          AND index_name = 'idx_members_card_lookup'),
  'DO 0',
  'CREATE INDEX idx_members_card_lookup ON members (membership_status, member_id)');
-- ;;
PREPARE tessera_statement FROM @tessera_index;
-- ;;
EXECUTE tessera_statement;
-- ;;
SET @tessera_index = IF(
  EXISTS (SELECT 1 FROM information_schema.statistics WHERE table_schema = DATABASE() AND table_name = 'members'
          AND index_name = 'idx_members_geographic'),
  'DO 0',
  'CREATE INDEX idx_members_geographic ON members (province_code, municipality_code, ward_code)');
-- ;;
PREPARE tessera_statement FROM @tessera_index;
-- ;;
EXECUTE tessera_statement;
-- ;;
DEALLOCATE PREPARE tessera_statement;
