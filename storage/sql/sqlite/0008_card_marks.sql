-- So that a look at whether any card was reissued is cheap.
CREATE INDEX idx_card_state_updated ON card_state (updated_at);
