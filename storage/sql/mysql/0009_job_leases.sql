-- Who is at work on a job and for how long without another word; only a job that is not done has a time there. Keys are
-- compared byte by byte: "A" and "a" are two. MySQL knows no ADD COLUMN IF NOT EXISTS, hence the detour.
SET @tessera_columns = IF(
  EXISTS (SELECT 1 FROM information_schema.columns WHERE table_schema = DATABASE() AND table_name = 'batch_jobs'
          AND column_name = 'lease_until'),
  'DO 0',
  'ALTER TABLE batch_jobs MODIFY job_id VARBINARY(64) NOT NULL, MODIFY owner VARBINARY(255) NOT NULL,
   MODIFY idempotency_key VARBINARY(255) NULL, ADD COLUMN lease_holder VARBINARY(64) NULL,
   ADD COLUMN lease_until DATETIME(3) NULL, ADD KEY idx_batch_jobs_lease (lease_until)');
-- ;;
PREPARE tessera_statement FROM @tessera_columns;
-- ;;
EXECUTE tessera_statement;
-- ;;
DEALLOCATE PREPARE tessera_statement;
