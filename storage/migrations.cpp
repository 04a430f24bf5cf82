#include "storage/migrations.hpp"

#include <algorithm>
#include <array>
#include <cctype>
#include <sodium.h>

namespace tessera {

namespace {

constexpr std::string_view separator = "-- ;;";
constexpr std::size_t checksum_bytes = 16;

bool is_blank(std::string_view text) {
  return std::ranges::all_of(text, [](unsigned char c) { return std::isspace(c) != 0; });
}

} // namespace

std::string checksum_of(const migration& step) {
  std::array<unsigned char, checksum_bytes> hash{};
  crypto_generichash(hash.data(), hash.size(), reinterpret_cast<const unsigned char*>(step.sql.data()), step.sql.size(),
                     nullptr, 0);
  std::array<char, 2 * checksum_bytes + 1> hex{};
  sodium_bin2hex(hex.data(), hex.size(), hash.data(), hash.size());
  return hex.data();
}

std::vector<std::string_view> statements_of(const migration& step) {
  std::vector<std::string_view> statements;
  std::size_t start = 0;
  auto add = [&](std::size_t end) {
    if (auto text = step.sql.substr(start, end - start); !is_blank(text))
      statements.push_back(text);
  };
  for (std::size_t line = 0; line < step.sql.size();) {
    auto end = std::min(step.sql.find('\n', line), step.sql.size());
    if (step.sql.substr(line, end - line) == separator) {
      add(line);
      start = std::min(end + 1, step.sql.size());
    }
    line = end + 1;
  }
  add(step.sql.size());
  return statements;
}

result<std::vector<const migration*>> pending_migrations(std::span<const migration> steps,
                                                         std::span<const applied_migration> applied) {
  for (const auto& row : applied) {
    auto known = std::ranges::find(steps, row.version, &migration::version);
    if (known == steps.end())
      return failure{error_code::conflict, "the store has migration " + row.version
                                               + ", which this program does not know: use the newer program that "
                                                 "applied it"};
    if (checksum_of(*known) != row.checksum)
      return failure{error_code::conflict, "migration " + row.version
                                               + " was applied to the store with another text than this program's: "
                                                 "use the program that applied it, or restore a backup"};
  }
  std::vector<const migration*> pending;
  for (const auto& step : steps)
    if (std::ranges::find(applied, step.version, &applied_migration::version) == applied.end())
      pending.push_back(&step);
  return pending;
}

status check_migrations(std::span<const migration> steps, std::span<const applied_migration> applied,
                        std::string_view store) {
  auto pending = pending_migrations(steps, applied);
  if (!pending)
    return pending.error();
  if (pending->empty())
    return ok();
  return needs_migration(store, applied.empty() ? "has no schema yet" : "has an older schema");
}

failure needs_migration(std::string_view store, std::string_view what) {
  std::string text{"the store "};
  text.append(store).append(" ").append(what).append(": run `tessera migrate --store ").append(store).append("`");
  return {error_code::conflict, std::move(text)};
}

} // namespace tessera
