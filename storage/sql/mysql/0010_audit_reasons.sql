-- Why something was done, and until when it holds. MySQL knows no ADD COLUMN IF NOT EXISTS, hence the detour.
SET @tessera_columns = IF(
  EXISTS (SELECT 1 FROM information_schema.columns WHERE table_schema = DATABASE() AND table_name = 'audit_log'
          AND column_name = 'reason'),
  'DO 0',
  'ALTER TABLE audit_log ADD COLUMN reason VARCHAR(1024) NOT NULL DEFAULT '''', ADD COLUMN until_at DATETIME(3) NULL');
-- ;;
PREPARE tessera_statement FROM @tessera_columns;
-- ;;
EXECUTE tessera_statement;
-- ;;
DEALLOCATE PREPARE tessera_statement;
