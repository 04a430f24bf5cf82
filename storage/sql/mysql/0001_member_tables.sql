-- The predecessor's tables. In its database they are there already and stay as they are.
CREATE TABLE IF NOT EXISTS provinces (
  province_code VARCHAR(10) NOT NULL,
  province_name VARCHAR(255) NOT NULL,
  PRIMARY KEY (province_code)
) ENGINE = InnoDB DEFAULT CHARACTER SET utf8mb4;
-- ;;
CREATE TABLE IF NOT EXISTS municipalities (
  municipality_code VARCHAR(20) NOT NULL,
  municipality_name VARCHAR(255) NOT NULL,
  province_code VARCHAR(10) NOT NULL,
  PRIMARY KEY (municipality_code)
) ENGINE = InnoDB DEFAULT CHARACTER SET utf8mb4;
-- ;;
CREATE TABLE IF NOT EXISTS wards (
  ward_code VARCHAR(20) NOT NULL,
  ward_number VARCHAR(20) NOT NULL,
  municipality_code VARCHAR(20) NOT NULL,
  PRIMARY KEY (ward_code)
) ENGINE = InnoDB DEFAULT CHARACTER SET utf8mb4;
-- ;;
CREATE TABLE IF NOT EXISTS voting_stations (
  voting_station_id BIGINT UNSIGNED NOT NULL AUTO_INCREMENT,
  station_name VARCHAR(255) NOT NULL,
  ward_code VARCHAR(20) NOT NULL,
  PRIMARY KEY (voting_station_id)
) ENGINE = InnoDB DEFAULT CHARACTER SET utf8mb4;
-- ;;
CREATE TABLE IF NOT EXISTS members (
  member_id BIGINT UNSIGNED NOT NULL AUTO_INCREMENT,
  id_number CHAR(13) NOT NULL,
  firstname VARCHAR(150) NOT NULL,
  surname VARCHAR(150) NULL,
  email VARCHAR(255) NULL,
  cell_number VARCHAR(30) NULL,
  province_code VARCHAR(10) NULL,
  municipality_code VARCHAR(20) NULL,
  ward_code VARCHAR(20) NULL,
  voting_station_id BIGINT UNSIGNED NULL,
  membership_status VARCHAR(20) NOT NULL DEFAULT 'Active',
  member_created_at DATETIME(3) NOT NULL DEFAULT CURRENT_TIMESTAMP(3),
  PRIMARY KEY (member_id)
) ENGINE = InnoDB DEFAULT CHARACTER SET utf8mb4;
