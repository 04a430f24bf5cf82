#pragma once

#include <string>

namespace tessera {

/// What is written on one card. Texts are UTF-8 of any length and content; empty ones are shown as a dash.
struct card_face {
  std::string design = "standard"; ///< the name of one of card_designs()
  std::string name;
  std::string membership_number;
  std::string province;
  std::string municipality;
  std::string ward;
  std::string voting_station;
  std::string issue_date;
  std::string expiry_date;
  std::string card_number;
  std::string token; ///< as Base32; goes into the QR code
};

} // namespace tessera
