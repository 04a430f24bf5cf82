-- How many times the limits of an address a key may use. MySQL knows no ADD COLUMN IF NOT EXISTS, hence the detour.
SET @tessera_column = IF(
  EXISTS (SELECT 1 FROM information_schema.columns WHERE table_schema = DATABASE() AND table_name = 'api_keys'
          AND column_name = 'limit_multiplier'),
  'DO 0',
  'ALTER TABLE api_keys ADD COLUMN limit_multiplier INT UNSIGNED NOT NULL DEFAULT 1');
-- ;;
PREPARE tessera_statement FROM @tessera_column;
-- ;;
EXECUTE tessera_statement;
-- ;;
DEALLOCATE PREPARE tessera_statement;
