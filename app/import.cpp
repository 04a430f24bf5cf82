#include "app/command.hpp"
#include "app/import_report_text.hpp"
#include "app/opened_store.hpp"
#include "app/progress.hpp"
#include "cards/wall_clock.hpp"
#include "config/grouped.hpp"
#include "storage/import/cell_time.hpp"
#include "storage/import/import_reader.hpp"
#include "storage/import/import_run.hpp"

#include <CLI/App.hpp>

#include <atomic>
#include <cctype>
#include <chrono>
#include <csignal>
#include <cstdlib>
#include <filesystem>
#include <iomanip>
#include <iostream>
#include <memory>
#include <optional>
#include <pwd.h>
#include <string>
#include <unistd.h>
#include <vector>

/// `tessera import`: the members of a CSV file into the store.
namespace tessera {

namespace {

struct options {
  store_options store;
  std::string file;
  std::vector<std::string> mappings;
  std::string delimiter;
  std::string encoding = "utf8";
  std::string rejects;
  std::string created;
  bool dry_run = false;
  bool update_only = false;
  bool from_start = false;
};

std::atomic<bool> stop_asked{false};
static_assert(std::atomic<bool>::is_always_lock_free, "a signal handler sets it");

/// The first signal has the batch at hand committed, or not; a second one ends the program at once.
void stop_on_signals() {
  struct sigaction action {};
  action.sa_handler = [](int) { stop_asked = true; };
  action.sa_flags = static_cast<int>(SA_RESETHAND);
  for (int signal : {SIGINT, SIGTERM, SIGHUP})
    sigaction(signal, &action, nullptr);
}

/// Returns what failed as a sentence.
std::string sentence_of(std::string text) {
  if (!text.empty())
    text.front() = static_cast<char>(std::toupper(static_cast<unsigned char>(text.front())));
  return text + (text.ends_with('.') ? "" : ".");
}

result<char> parse_delimiter(const std::string& text) {
  if (text == "tab" || text == "\\t")
    return '\t';
  if (text.size() == 1 && text != "\"" && text != "\n" && text != "\r")
    return text.front();
  return failure{error_code::validation, "--delimiter takes one character, or tab."};
}

result<import_file_options> file_options_of(const options& given) {
  import_file_options file;
  file.path = given.file;
  file.windows_1252 = given.encoding == "latin1";
  file.update_only = given.update_only;
  for (const auto& text : given.mappings) {
    auto mapping = parse_column_mapping(text);
    if (!mapping)
      return mapping.error();
    file.mappings.push_back(std::move(*mapping));
  }
  if (!given.delimiter.empty()) {
    auto delimiter = parse_delimiter(given.delimiter);
    if (!delimiter)
      return delimiter.error();
    file.delimiter = *delimiter;
  }
  return file;
}

result<import_options> import_options_of(const options& given) {
  import_options how{.file_name = given.file == "-"
                                      ? "standard input"
                                      : mask_id_numbers(std::filesystem::path{given.file}.filename().string()),
                     .rejects = given.rejects,
                     .created = wall_clock(),
                     .dry_run = given.dry_run,
                     .update_only = given.update_only,
                     .from_start = given.from_start};
  if (!given.created.empty()) {
    auto time = read_time(given.created);
    if (!time.time)
      return failure{error_code::validation, "--created " + time.reason + "."};
    how.created = *time.time;
  }
  return how;
}

/// Who typed the command, for the audit log.
std::string operator_name() {
  if (const char* before_sudo = std::getenv("SUDO_USER"))
    return before_sudo;
  const auto* user = getpwuid(getuid());
  return user != nullptr ? user->pw_name : std::to_string(getuid());
}

/// Does the work with a progress line, which ends before anything else is printed.
result<import_report> run_with_progress(import_run& run, const std::optional<import_progress>& earlier,
                                        std::uint64_t size) {
  progress_line progress{"rows"};
  if (earlier)
    progress.begin_at(earlier->counts.rows(),
                      size > 0 ? static_cast<double>(earlier->position) / static_cast<double>(size) : 0);
  auto report = run.run([&](std::uint64_t rows, double share) {
    if (share > 0)
      progress.update(rows, share);
    else
      progress.update(rows);
  });
  if (report && !report->stopped)
    progress.finish();
  return report;
}

/// Prints what came of it and returns the exit code.
int tell(const options& given, const import_options& how, const import_report& report, const std::string& store,
         std::chrono::duration<double> took) {
  std::cout << (report.stopped ? "Stopped after line " + grouped(report.line) + " of "
                : how.dry_run  ? "Nothing was written (dry run). Of "
                               : "Imported ")
            << how.file_name << (how.dry_run || report.stopped ? ", " : " into " + store + " in ") << std::fixed
            << std::setprecision(1);
  if (!how.dry_run && !report.stopped)
    std::cout << took.count() << " s: ";
  std::cout << counts_text(report.counts) << ".\n" << remarks_text(report, how.dry_run);
  if (report.counts.rejected > 0)
    std::cout << (given.rejects.empty()
                      ? "--rejects FILE writes the rejected rows to a file, with the reasons.\n"
                      : "The rejected rows are in " + given.rejects
                            + ", with the reasons; put right, it can be imported itself. It holds personal data: only "
                              "you may read it, so delete it when you are done.\n");
  if (report.stopped && !how.dry_run)
    std::cout << "What is done is committed. The same command goes on from there.\n";
  std::cout.flush();
  return report.counts.rejected > 0 || report.stopped ? exit_failure : exit_ok;
}

std::string place_of(const import_run& run) {
  return run.done().line == 0
             ? std::string{}
             : " Up to line " + grouped(run.done().line) + " all is committed; the same command goes on from there.";
}

int import(opened_store& at, const options& given, const import_options& how, import_reader& reader) {
  auto importer = at.store->import();
  if (!importer)
    return give_up(exit_failure, sentence_of(importer.error().detail));
  import_run run{**importer, reader, how, stop_asked};
  auto earlier = run.begin();
  if (!earlier)
    return give_up(exit_failure, sentence_of(earlier.error().detail));
  std::cout << columns_text(reader.header());
  if (*earlier)
    std::cout << "Going on after line " << grouped((*earlier)->line) << ", where an import of this file stopped on "
              << iso8601((*earlier)->at) << " (" << counts_text((*earlier)->counts) << "). --from-start begins anew.\n";
  std::cout.flush();
  auto user = "by " + operator_name();
  if (auto noted = how.dry_run ? ok() : at.write_audit("member.import", how.file_name + ": begins", user); !noted)
    return give_up(exit_failure, "Nothing was imported: " + noted.error().detail + ".");

  auto start = std::chrono::steady_clock::now();
  auto report = run_with_progress(run, *earlier, reader.size());
  auto ends = !report ? "failed" : report->stopped ? "stopped" : "done";
  auto noted = how.dry_run ? ok()
                           : at.write_audit("member.import",
                                            how.file_name + ": " + ends + ", " + counts_text(run.done().counts), user);
  if (!report)
    return give_up(exit_failure, sentence_of(report.error().detail) + (how.dry_run ? "" : place_of(run)));
  auto code = tell(given, how, *report, at.store->describe(), std::chrono::steady_clock::now() - start);
  return noted ? code : give_up(exit_failure, "The audit log lacks its last line: " + noted.error().detail + ".");
}

int run_import(const options& given) {
  auto file = file_options_of(given);
  if (!file)
    return give_up(exit_usage, file.error().detail);
  auto how = import_options_of(given);
  if (!how)
    return give_up(exit_usage, how.error().detail);
  stop_on_signals();
  auto reader = import_reader::open(*file, stop_asked);
  if (!reader)
    return give_up(exit_failure, reader.error().detail);
  auto at = open_store(given.store);
  if (!at)
    return give_up(exit_failure, sentence_of(at.error().detail));
  return import(*at, given, *how, **reader);
}

} // namespace

command add_import_command(CLI::App& app) {
  auto given = std::make_shared<options>();
  auto* parsed = app.add_subcommand("import", "Bring the members of a CSV file into the member store: new ones are "
                                              "added, others changed.");
  parsed->add_option("file", given->file, "the file, with a header; - is standard input")
      ->type_name("FILE")
      ->required();
  parsed
      ->add_option("--map", given->mappings,
                   "which column of the file holds a column of members, as in "
                   "cell_number=Phone; may be repeated")
      ->type_name("COLUMN=NAME")
      ->expected(1)
      ->take_all();
  parsed->add_option("--delimiter", given->delimiter, "between fields [the most frequent of , ; tab | in the header]")
      ->type_name("CHARACTER");
  parsed->add_option("--encoding", given->encoding, "utf8 or latin1 (Windows-1252) [utf8]")
      ->type_name("NAME")
      ->check(CLI::IsMember({"utf8", "latin1"}));
  parsed->add_flag("--dry-run", given->dry_run, "check and compare everything, and write nothing");
  parsed->add_option("--rejects", given->rejects, "file for rejected rows, with the reasons; holds personal data")
      ->type_name("FILE");
  parsed->add_flag("--update-only", given->update_only, "add no member; then the file needs no first names");
  parsed->add_option("--created", given->created, "when new members joined whose row does not say [now]")
      ->type_name("DATE");
  parsed->add_flag("--from-start", given->from_start, "do not go on where an import of this file was interrupted");
  given->store.add_to(*parsed);
  return {parsed, [given] { return run_import(*given); }};
}

} // namespace tessera
