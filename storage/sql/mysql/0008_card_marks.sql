-- So that a look at whether any card was reissued is cheap. MySQL knows no CREATE INDEX IF NOT EXISTS, hence the detour.
SET @tessera_index = IF(
  EXISTS (SELECT 1 FROM information_schema.statistics WHERE table_schema = DATABASE() AND table_name = 'card_state'
          AND index_name = 'idx_card_state_updated'),
  'DO 0',
  'CREATE INDEX idx_card_state_updated ON card_state (updated_at)');
-- ;;
PREPARE tessera_statement FROM @tessera_index;
-- ;;
EXECUTE tessera_statement;
-- ;;
DEALLOCATE PREPARE tessera_statement;
