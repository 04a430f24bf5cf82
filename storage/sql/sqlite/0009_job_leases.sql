-- Who is at work on a job and for how long without another word; only a job that is not done has a time there.
ALTER TABLE batch_jobs ADD COLUMN lease_holder TEXT;
-- ;;
ALTER TABLE batch_jobs ADD COLUMN lease_until TEXT;
-- ;;
CREATE INDEX idx_batch_jobs_lease ON batch_jobs (lease_until);
