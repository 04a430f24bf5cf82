#include "storage/sample/contacts.hpp"

#include <algorithm>
#include <iterator>

namespace tessera {

namespace {

struct letter {
  std::string_view written;
  char plain;
};

// Every letter beyond ASCII that the sample's names have.
constexpr letter letters[] = {
    {"á", 'a'}, {"â", 'a'}, {"ä", 'a'}, {"ç", 'c'}, {"è", 'e'}, {"é", 'e'}, {"ê", 'e'},
    {"ë", 'e'}, {"É", 'e'}, {"ï", 'i'}, {"í", 'i'}, {"ô", 'o'}, {"ö", 'o'}, {"ü", 'u'},
    {"û", 'u'}, {"ÿ", 'y'}, {"š", 's'}, {"Š", 's'}, {"Ḓ", 'd'}, {"ḓ", 'd'}, {"Ḽ", 'l'},
    {"ḽ", 'l'}, {"Ṋ", 'n'}, {"ṋ", 'n'}, {"Ṅ", 'n'}, {"ṅ", 'n'}, {"Ṱ", 't'}, {"ṱ", 't'},
};

constexpr std::string_view domains[] = {"example.com", "example.org", "example.net", "mail.example", "webmail.example"};

constexpr std::string_view prefixes[] = {"60", "61", "63", "71", "72", "73", "74",
                                         "76", "78", "79", "81", "82", "83", "84"};

} // namespace

std::string plain_letters(std::string_view name) {
  std::string result;
  result.reserve(name.size());
  while (!name.empty()) {
    auto first = name.front();
    if (static_cast<unsigned char>(first) >= 0x80) {
      auto found = std::ranges::find_if(letters, [&](const letter& entry) { return name.starts_with(entry.written); });
      if (found != std::end(letters)) {
        result += found->plain;
        name.remove_prefix(found->written.size());
        continue;
      }
    } else if (first >= 'A' && first <= 'Z') {
      result += static_cast<char>(first - 'A' + 'a');
    } else if (first >= 'a' && first <= 'z') {
      result += first;
    }
    name.remove_prefix(1);
  }
  return result;
}

std::string sample_email(std::string_view first_name, std::string_view surname, sample_random& random) {
  constexpr std::uint32_t with_number = 60; // percent
  auto result = plain_letters(first_name);
  result += '.';
  result += plain_letters(surname);
  if (random.chance(with_number))
    result += std::to_string(1 + random.below(999));
  result += '@';
  result += domains[random.below(std::size(domains))];
  return result;
}

std::string sample_cell_number(sample_random& random) {
  constexpr std::uint32_t international = 60; // percent
  std::string result = random.chance(international) ? "+27" : "0";
  result += prefixes[random.below(std::size(prefixes))];
  auto digits = random.below(10'000'000);
  for (std::uint32_t place = 1'000'000; place > 0; place /= 10)
    result += static_cast<char>('0' + digits / place % 10);
  return result;
}

} // namespace tessera
