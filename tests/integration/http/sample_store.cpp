#include "tests/integration/http/sample_store.hpp"

#include "tests/support/tessera_process.hpp"

#include <sqlite3.h>

#include <algorithm>
#include <memory>
#include <stdexcept>

namespace tessera::test {

sample_store::sample_store() {
  run_tessera({"migrate", "--store", url()});
  run_tessera({"sample-data", "--members", "200", "--store", url()});
  for (const auto& row : query("SELECT id_number FROM members WHERE membership_status = 'Active' ORDER BY member_id"))
    active_.push_back(row.at("id_number"));
}

std::string sample_store::url() const {
  return "sqlite:" + (dir_ / "members.sqlite").string();
}

std::vector<sql_row> sample_store::query(const std::string& sql) const {
  sqlite3* opened = nullptr;
  int code = sqlite3_open((dir_ / "members.sqlite").c_str(), &opened);
  std::unique_ptr<sqlite3, int (*)(sqlite3*)> database{opened, sqlite3_close};
  std::vector<sql_row> rows;
  auto collect = [](void* to, int count, char** values, char** names) {
    sql_row row;
    for (int i = 0; i < count; ++i)
      row[names[i]] = values[i] ? values[i] : "";
    static_cast<std::vector<sql_row>*>(to)->push_back(std::move(row));
    return 0;
  };
  sqlite3_busy_timeout(opened, 5'000);
  if (code == SQLITE_OK)
    code = sqlite3_exec(opened, sql.c_str(), collect, &rows, nullptr);
  if (code != SQLITE_OK)
    throw std::runtime_error(sqlite3_errmsg(opened));
  return rows;
}

std::string sample_store::member_id(const std::string& number) const {
  return query("SELECT member_id FROM members WHERE id_number = '" + number + "'").at(0).at("member_id");
}

const sample_store& shared_store() {
  static const sample_store store;
  return store;
}

std::vector<std::string> digit_runs(std::string_view text) {
  constexpr std::string_view digits = "0123456789";
  std::vector<std::string> runs;
  for (auto at = text.find_first_of(digits); at != text.npos; at = text.find_first_of(digits, at)) {
    auto end = std::min(text.find_first_not_of(digits, at), text.size());
    if (end - at >= 13)
      runs.emplace_back(text.substr(at, end - at));
    at = end;
  }
  return runs;
}

} // namespace tessera::test
