-- Why something was done, and until when it holds.
ALTER TABLE audit_log ADD COLUMN reason TEXT NOT NULL DEFAULT '';
-- ;;
ALTER TABLE audit_log ADD COLUMN until_at TEXT NULL;
