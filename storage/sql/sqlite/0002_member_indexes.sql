CREATE UNIQUE INDEX idx_members_id_number_optimized ON members (id_number);
-- ;;
-- For reports by status; our own statements need it not.
CREATE INDEX idx_members_card_lookup ON members (membership_status, member_id);
-- ;;
CREATE INDEX idx_members_geographic ON members (province_code, municipality_code, ward_code);
