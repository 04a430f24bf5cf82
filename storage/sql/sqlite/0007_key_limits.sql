-- How many times the limits of an address a key may use.
ALTER TABLE api_keys ADD COLUMN limit_multiplier INTEGER NOT NULL DEFAULT 1;
