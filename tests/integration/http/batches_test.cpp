#include "cards/member.hpp"
#include "tests/integration/http/event_stream.hpp"
#include "tests/integration/http/foreign_batch.hpp"
#include "tests/integration/http/http_client.hpp"
#include "tests/integration/http/program_run.hpp"
#include "tests/integration/http/shared_service.hpp"
#include "tests/support/eventually.hpp"

#include <boost/test/unit_test.hpp>

#include <csignal>
#include <fstream>
#include <set>
#include <thread>

using namespace std::chrono_literals;
using namespace tessera::test;

namespace {

const std::string batches = "/api/v1/batches";

/// Returns what a command writes, with its exit code.
std::pair<int, std::string> run_tool(const std::string& command) {
  auto* pipe = ::popen((command + " 2>&1").c_str(), "r");
  std::string output;
  char part[4096];
  while (auto size = std::fread(part, 1, sizeof part, pipe))
    output.append(part, size);
  return {::pclose(pipe), output};
}

std::string batch_of(const std::vector<std::string>& ids, const std::string& more = R"("issued_by":"desk 1")") {
  std::string list;
  for (const auto& id : ids)
    list += (list.empty() ? "\"" : ",\"") + id + "\"";
  return "{" + more + R"(,"member_ids":[)" + list + "]}";
}

/// A service on a store of its own.
struct fixture {
  explicit fixture(tessera_process::options how = {}) : sut(with_store(std::move(how))) {
  }

  tessera_process::options with_store(tessera_process::options how) const {
    how.arguments.insert(how.arguments.end(), {"--store", store.url()});
    return how;
  }

  std::string id(std::size_t index) const {
    return store.member_id(store.number(index));
  }
  std::vector<std::string> ids(std::size_t count) const {
    std::vector<std::string> all;
    for (const auto& row :
         store.query("SELECT member_id FROM members WHERE membership_status = 'Active' LIMIT " + std::to_string(count)))
      all.push_back(row.at("member_id"));
    return all;
  }
  raw_response post(const std::string& body, const std::string& headers = {}) const {
    return ask(sut.port(), json_request("POST", batches, body, headers));
  }
  raw_response get(const std::string& path, const std::string& headers = {}) const {
    return tessera::test::get(sut.port(), path, headers);
  }
  /// Opens a batch and returns its path.
  std::string open(const std::vector<std::string>& members, const std::string& headers = {}) const {
    auto answer = post(batch_of(members), headers);
    BOOST_TEST_REQUIRE(answer.status == 202, answer.body);
    return header(answer, "Location");
  }
  json_document done(const std::string& path) const {
    BOOST_TEST_REQUIRE(eventually(30s, [&] { return json_document{get(path)}.text("/data/state") == "done"; }));
    return json_document{get(path)};
  }
  std::string new_key(const std::string& scopes) const {
    auto end = run_program({"keys", "create", "--name", "test", "--scopes", scopes, "--store", store.url()});
    return "Authorization: Bearer " + end.output.substr(0, end.output.find('\n')) + "\r\n";
  }

  sample_store store;
  temp_dir dir;
  tessera_process sut;
};

} // namespace

BOOST_FIXTURE_TEST_SUITE(batches_test, fixture)

BOOST_AUTO_TEST_CASE(a_batch_is_accepted_and_done_soon) {
  auto answer = post(batch_of({id(0), "x", "999999999", id(1), id(0)}, R"("issued_by":"desk 1","template":"premium")"));
  BOOST_TEST_REQUIRE(answer.status == 202, answer.body);
  json_document opened{answer};
  BOOST_TEST(opened.text("/message") == "Batch accepted");
  auto path = batches + "/" + opened.text("/data/batch_id");
  BOOST_TEST(header(answer, "Location") == path);
  BOOST_TEST(header(answer, "Idempotency-Replayed") == "");
  BOOST_TEST(header(answer, "Cache-Control") == "no-store");
  BOOST_TEST(opened.text("/data/links/self") == path);
  BOOST_TEST(opened.whole("/data/total") == 5u);

  auto job = done(path);
  BOOST_TEST(job.text("/message") == "Batch retrieved successfully");
  BOOST_TEST(job.names("/data")
                 == (std::vector<std::string>{"batch_id", "state", "total", "finished", "successful", "failed",
                                              "template", "issued_by", "concurrency", "created_at", "updated_at",
                                              "expires_at", "results", "links"}),
             boost::test_tools::per_element());
  BOOST_TEST(job.whole("/data/finished") == 5u);
  BOOST_TEST(job.whole("/data/successful") == 3u);
  BOOST_TEST(job.whole("/data/failed") == 2u);
  BOOST_TEST(job.text("/data/template") == "premium");
  BOOST_TEST(job.whole("/data/concurrency") == 10u);
  for (auto* time : {"/data/created_at", "/data/updated_at", "/data/expires_at"})
    BOOST_TEST(is_timestamp(job.text(time)));
  BOOST_TEST(job.text("/data/results/0/memberId") == id(0));
  BOOST_TEST(!job.text("/data/results/0/card_number").empty());
  BOOST_TEST(job.text("/data/results/1/memberId") == "x");
  BOOST_TEST(job.text("/data/results/1/error") == "memberId must be a whole number from 1");
  BOOST_TEST(job.text("/data/results/2/error") == "Member not found");
  BOOST_TEST(job.truth("/data/results/3/success"));
  BOOST_TEST(job.text("/data/results/4/card_number") == job.text("/data/results/0/card_number"));
  BOOST_TEST(ask(sut.port(), request("HEAD", path, "Connection: close\r\n")).status == 200);
}

BOOST_AUTO_TEST_CASE(progress_is_told_until_all_is_done) {
  auto path = open(ids(100));
  raw_connection connection{sut.port()};
  connection.send(request("GET", path + "/events"));
  event_stream stream{connection};
  BOOST_TEST(stream.head().status == 200);
  BOOST_TEST(header(stream.head(), "Content-Type") == "text/event-stream");
  BOOST_TEST(header(stream.head(), "Cache-Control") == "no-store");
  auto first = stream.next();
  BOOST_TEST_REQUIRE(first.has_value());
  BOOST_TEST(first->retry == "3000");
  std::uint64_t before = 0;
  bool ended = false;
  while (auto event = stream.next_named()) {
    BOOST_TEST(!ended);
    json_document data{event->data};
    auto finished = data.whole("/finished");
    BOOST_TEST(finished >= before);
    BOOST_TEST(event->id == std::to_string(finished));
    BOOST_TEST(data.whole("/total") == 100u);
    BOOST_TEST((event->name == "done" || event->name == "progress"));
    BOOST_TEST(data.has("/results") == (event->name == "done"));
    ended = event->name == "done";
    before = finished;
  }
  BOOST_TEST(ended);
  BOOST_TEST(before == 100u);
  connection.send(request("GET", ready_path)); // the connection goes on
  BOOST_TEST(connection.read_response().status == 200);

  raw_connection later{sut.port()};
  later.send(request("GET", path + "/events"));
  event_stream all{later};
  BOOST_TEST(all.next_named().value().name == "done");
  BOOST_TEST(!all.next().has_value());
}

BOOST_AUTO_TEST_CASE(progress_on_another_node_is_told) {
  foreign_batch elsewhere{store};
  raw_connection connection{sut.port()};
  connection.send(request("GET", elsewhere.path() + "/events") + request("GET", ready_path, "Connection: close\r\n"));
  event_stream stream{connection};
  BOOST_TEST(header(stream.head(), "Transfer-Encoding") == "chunked");
  BOOST_TEST(stream.next_named().value().id == "0");
  elsewhere.finish(1);
  BOOST_TEST(stream.next_named().value().id == "1");
  elsewhere.finish(2);
  auto last = stream.next_named();
  BOOST_TEST(last.value().name == "done");
  BOOST_TEST(json_document{last->data}.text("/results/1/card_number") == "N");
  BOOST_TEST(!stream.next().has_value());
}

BOOST_AUTO_TEST_CASE(a_client_of_http_1_0_reads_up_to_the_end_of_the_connection) {
  foreign_batch elsewhere{store};
  raw_connection connection{sut.port()};
  connection.send("GET " + elsewhere.path() + "/events HTTP/1.0\r\nConnection: keep-alive\r\n\r\n");
  event_stream stream{connection};
  BOOST_TEST(header(stream.head(), "Transfer-Encoding") == "");
  BOOST_TEST(header(stream.head(), "Connection") == "close");
  BOOST_TEST(stream.next_named().value().id == "0");
  elsewhere.finish(2);
  BOOST_TEST(stream.next_named().value().name == "done");
  BOOST_TEST(!stream.next().has_value());
}

BOOST_AUTO_TEST_CASE(a_head_request_for_events_gets_a_head) {
  foreign_batch elsewhere{store};
  raw_connection connection{sut.port()};
  connection.send(request("HEAD", elsewhere.path() + "/events") + request("GET", ready_path));
  auto head = connection.read_response(raw_connection::request_kind::head);
  BOOST_TEST(head.status == 200);
  BOOST_TEST(header(head, "Content-Type") == "text/event-stream");
  BOOST_TEST(connection.read_response().status == 200);
}

BOOST_AUTO_TEST_CASE(answers_behind_a_stream_wait_for_its_end) {
  foreign_batch elsewhere{store};
  raw_connection connection{sut.port()};
  connection.send(request("GET", elsewhere.path() + "/events") + request("GET", ready_path)
                  + request("GET", "/nowhere", "Connection: close\r\n"));
  auto text = connection.read_some();
  while (text.find("event: progress") == text.npos)
    text += connection.read_some();
  BOOST_TEST(text.find("ready") == text.npos);
  elsewhere.finish(2);
  text += connection.read_until_closed();
  auto end = text.find("0\r\n\r\nHTTP/1.1 200 OK");
  BOOST_TEST(text.find("event: done") < end);
  BOOST_TEST_REQUIRE(end != text.npos);
  BOOST_TEST(text.find("HTTP/1.1 404 Not Found") > end);
}

BOOST_AUTO_TEST_CASE(a_stream_outlives_the_times_for_requests_and_idle_connections) {
  auto brief = fixture{{.arguments = {"--gateway-request-timeout", "500ms", "--gateway-idle-timeout", "300ms",
                                      "--gateway-head-timeout", "300ms", "--gateway-write-timeout", "300ms"}}};
  foreign_batch elsewhere{brief.store};
  raw_connection connection{brief.sut.port()};
  connection.send(request("GET", elsewhere.path() + "/events"));
  event_stream stream{connection};
  BOOST_TEST(stream.next_named().value().id == "0");
  raw_connection idle{brief.sut.port()};
  idle.send(request("GET", ready_path));
  BOOST_TEST(idle.read_response().status == 200);
  BOOST_TEST(idle.closed_within(10s)); // so the idle time is over
  raw_connection another{brief.sut.port()};
  another.send(request("GET", ready_path));
  BOOST_TEST(another.read_response().status == 200);
  BOOST_TEST(another.closed_within(10s));
  elsewhere.finish(2);
  BOOST_TEST(stream.next_named().value().name == "done");
}

BOOST_AUTO_TEST_CASE(a_stream_ends_in_order_when_the_process_stops) {
  foreign_batch elsewhere{store};
  raw_connection connection{sut.port()};
  connection.send(request("GET", elsewhere.path() + "/events") + request("GET", ready_path));
  event_stream stream{connection};
  BOOST_TEST(stream.next_named().value().id == "0");
  auto since = std::chrono::steady_clock::now();
  sut.signal(SIGTERM);
  while (auto event = stream.next())
    BOOST_TEST(event->name != "done");
  BOOST_TEST(sut.wait(20s).value_or(-1) == 0);
  BOOST_TEST((std::chrono::steady_clock::now() - since < 10s)); // nobody waited for the job
}

BOOST_AUTO_TEST_CASE(a_client_that_goes_in_a_stream_leaves_nothing_behind) {
  constexpr std::size_t tickets = 8;
  fixture small{{.arguments = {"--gateway-max-tickets", std::to_string(tickets), "--io-loops", "1"}}};
  foreign_batch elsewhere{small.store};
  for (int round = 0; round < 2; ++round) {
    std::vector<raw_connection> clients;
    while (clients.size() < tickets) {
      clients.emplace_back(small.sut.port());
      clients.back().send(request("GET", elsewhere.path() + "/events"));
      auto status = event_stream{clients.back()}.head().status;
      BOOST_TEST_REQUIRE((status == 200 || (status == 503 && round > 0))); // those before may not be gone yet
      if (status != 200)
        clients.pop_back();
    }
    BOOST_TEST(small.get(elsewhere.path()).status == 503);
    for (std::size_t i = 0; i < tickets; ++i)
      i % 2 == 0 ? clients[i].close() : clients[i].reset();
  }
  BOOST_TEST(eventually(10s, [&] { return small.get(elsewhere.path()).status == 200; }));
}

BOOST_AUTO_TEST_CASE(a_client_that_shuts_its_side_down_in_a_stream_gets_an_end) {
  foreign_batch elsewhere{store};
  raw_connection connection{sut.port()};
  connection.send(request("GET", elsewhere.path() + "/events") + request("GET", ready_path));
  connection.shutdown_send();
  auto text = connection.read_until_closed();
  BOOST_TEST(text.find("text/event-stream") != text.npos);
  BOOST_TEST(text.find("Service is ready") != text.npos);
}

BOOST_AUTO_TEST_CASE(a_slow_reader_of_a_large_stream_is_cut_off_in_time) {
  auto slow = fixture{{.arguments = {"--gateway-write-timeout", "500ms"}}};
  auto path = slow.open(slow.ids(100));
  slow.done(path);
  raw_connection connection{slow.sut.port(), {.receive_buffer = 1}};
  std::string many; // each answer is the whole job
  for (int i = 0; i < 16; ++i)
    many += request("GET", path + "/events");
  for (int i = 0; i < 40; ++i)
    connection.send_some(many, 10ms);
  BOOST_TEST(eventually(20s, [&] {
    return json_document{slow.get("/api/v1/health/detailed")}.whole("/data/protection/slow_readers") == 1u;
  }));
}

BOOST_AUTO_TEST_CASE(the_cards_come_as_a_zip_of_pdfs_and_as_sheets) {
  auto path = open({id(0), "x", id(1), id(0)});
  done(path);
  auto job_id = path.substr(path.rfind('/') + 1);
  auto zip = get(path + "/cards.zip");
  BOOST_TEST_REQUIRE(zip.status == 200, zip.body);
  BOOST_TEST(header(zip, "Content-Type") == "application/zip");
  BOOST_TEST(header(zip, "Cache-Control") == "no-store");
  BOOST_TEST(header(zip, "Content-Disposition") == "attachment; filename=\"membership-cards-" + job_id + ".zip\"");
  auto file = dir / "cards.zip";
  std::ofstream{file, std::ios::binary} << zip.body;
  auto [zip_code, zip_report] = run_tool("unzip -t " + file.string());
  BOOST_TEST(zip_code == 0, zip_report);
  json_document job{get(path)};
  for (auto* card : {"/data/results/0/card_number", "/data/results/2/card_number"})
    BOOST_TEST(zip_report.find(job.text(card) + ".pdf") != zip_report.npos, zip_report);
  auto [csv_code, csv] = run_tool("unzip -p " + file.string() + " results.csv");
  BOOST_TEST(csv_code == 0);
  BOOST_TEST(csv.find(job.text("/data/results/0/card_number")) != csv.npos, csv);
  BOOST_TEST(csv.find("\nx,") != csv.npos, csv);
  run_tool("unzip -d " + dir.path().string() + " " + file.string());
  auto [card_code, card_report] =
      run_tool("qpdf --check " + (dir / (job.text("/data/results/0/card_number") + ".pdf")).string());
  BOOST_TEST(card_code == 0, card_report);

  auto pdf = get(path + "/cards.pdf");
  BOOST_TEST_REQUIRE(pdf.status == 200, pdf.body.substr(0, 500));
  BOOST_TEST(header(pdf, "Content-Type") == "application/pdf");
  auto sheets = dir / "sheets.pdf";
  std::ofstream{sheets, std::ios::binary} << pdf.body;
  auto [pdf_code, pdf_report] = run_tool("qpdf --check " + sheets.string());
  BOOST_TEST(pdf_code == 0, pdf_report);
  auto [text_code, text] = run_tool("pdftotext " + sheets.string() + " -");
  BOOST_TEST(text.find("MEM") != text.npos, text);
  BOOST_TEST(ask(sut.port(), request("HEAD", path + "/cards.pdf", "Connection: close\r\n")).status == 200);
}

BOOST_AUTO_TEST_CASE(files_of_what_is_not_done_are_a_conflict_and_of_nothing_not_found) {
  foreign_batch elsewhere{store};
  for (auto* file : {"/cards.zip", "/cards.pdf"}) {
    auto early = get(elsewhere.path() + file);
    BOOST_TEST(early.status == 409);
    BOOST_TEST(header(early, "Retry-After") == "1");
    BOOST_TEST(json_document{early}.text("/error/code") == "CONFLICT");
    BOOST_TEST(header(early, "Content-Type").starts_with("application/problem+json"));
  }
  auto empty = open({"x", "999999999"});
  done(empty);
  for (auto* file : {"/cards.zip", "/cards.pdf"}) {
    auto none = get(empty + file);
    BOOST_TEST(none.status == 404);
    BOOST_TEST(json_document{none}.text("/error/message") != "Batch not found");
  }
}

BOOST_AUTO_TEST_CASE(an_idempotency_key_opens_one_batch) {
  const auto key = std::string{"Idempotency-Key: \"8e03978e-40d5\"\r\n"};
  auto first = post(batch_of({id(0)}), key);
  BOOST_TEST(first.status == 202);
  auto path = header(first, "Location");
  done(path);
  auto again = post(batch_of({id(0)}), key);
  BOOST_TEST(again.status == 200);
  BOOST_TEST(header(again, "Location") == path);
  BOOST_TEST(header(again, "Idempotency-Replayed") == "true");
  BOOST_TEST(json_document{again}.text("/data/state") == "done");
  auto other = post(batch_of({id(1)}), key);
  BOOST_TEST(other.status == 409);
  BOOST_TEST(json_document{other}.text("/error/code") == "CONFLICT");
  BOOST_TEST(header(post(batch_of({id(1)}), "Idempotency-Key: another\r\n"), "Location") != path);
  BOOST_TEST(header(post(batch_of({id(0)})), "Location") != path);
}

BOOST_AUTO_TEST_CASE(concurrent_requests_with_one_key_open_one_batch) {
  constexpr std::size_t clients = 16;
  std::vector<raw_response> answers(clients);
  std::vector<std::thread> threads;
  for (auto& answer : answers)
    threads.emplace_back([&] { answer = post(batch_of({id(0)}), "Idempotency-Key: once\r\n"); });
  for (auto& each : threads)
    each.join();
  std::set<std::string> locations;
  std::size_t replayed = 0;
  for (const auto& answer : answers) {
    BOOST_TEST((answer.status == 202 || answer.status == 200));
    locations.insert(header(answer, "Location"));
    replayed += header(answer, "Idempotency-Replayed") == "true";
  }
  BOOST_TEST(locations.size() == 1u);
  BOOST_TEST(replayed == clients - 1);
  BOOST_TEST(store.query("SELECT 1 FROM batch_jobs").size() == 1u);
}

BOOST_AUTO_TEST_CASE(input_that_is_wrong_is_named) {
  auto pointer = [&](const std::string& body, const std::string& headers = {}) {
    auto answer = post(body, headers);
    BOOST_TEST(answer.status == 400);
    json_document what{answer};
    BOOST_TEST(what.text("/error/code") == "VALIDATION_ERROR");
    BOOST_TEST(what.text("/error/path") == batches);
    return what.text("/errors/0/pointer");
  };
  BOOST_TEST(pointer("{}") == "/member_ids");
  BOOST_TEST(pointer("nonsense") == "");
  BOOST_TEST(pointer(batch_of({})) == "/member_ids");
  BOOST_TEST(pointer(batch_of(std::vector<std::string>(101, "1"))) == "/member_ids");
  BOOST_TEST(pointer(R"({"member_ids":["1",2],"issued_by":"a"})") == "/member_ids/1");
  BOOST_TEST(pointer(batch_of({"1"}, R"("template":"standard")")) == "/issued_by");
  BOOST_TEST(pointer(batch_of({"1"}, R"("issued_by":"")")) == "/issued_by");
  BOOST_TEST(pointer(batch_of({"1"}, R"("issued_by":"a","template":"gold")")) == "/template");
  BOOST_TEST(pointer(batch_of({"1"}, R"("issued_by":"a","concurrency":21)")) == "/concurrency");
  BOOST_TEST(pointer(batch_of({"1"}, R"("issued_by":"a","concurrency":0)")) == "/concurrency");
  BOOST_TEST(pointer(batch_of({"1"}, R"("issued_by":"a","custom_expiry":"2001-01-01")")) == "/custom_expiry");
  for (auto* key : {"", "two words", "\xc3\xbc"})
    BOOST_TEST(pointer(batch_of({"1"}), "Idempotency-Key: " + std::string{key} + "\r\n") == "/Idempotency-Key");
  BOOST_TEST(pointer(batch_of({"1"}), "Idempotency-Key: " + std::string(256, 'a') + "\r\n") == "/Idempotency-Key");
  BOOST_TEST(pointer(batch_of({"1"}), "Idempotency-Key: a\r\nIdempotency-Key: a\r\n") == "/Idempotency-Key");
  auto text = request("POST", batches, "Content-Type: text/plain\r\nContent-Length: 2\r\n") + "{}";
  BOOST_TEST(ask(sut.port(), text).status == 415);
  BOOST_TEST(store.query("SELECT 1 FROM batch_jobs").empty());
}

BOOST_AUTO_TEST_CASE(what_there_is_not_is_not_found) {
  for (std::string wrong : {"aaaaaaaaaaaaaaaaaaaaaaaaaa", "AAAAAAAAAAAAAAAAAAAAAAAAAA", "x", "%00", "8001015009087"})
    for (auto* part : {"", "/events", "/cards.zip", "/cards.pdf"}) {
      auto answer = get(batches + "/" + wrong + part);
      BOOST_TEST(answer.status == 404);
      BOOST_TEST(json_document{answer}.text("/error/message") == "Batch not found");
      BOOST_TEST(digit_runs(answer.body).empty());
    }
  BOOST_TEST(get(batches + "/aaaaaaaaaaaaaaaaaaaaaaaaaa/cards.svg").status == 404);
}

BOOST_AUTO_TEST_CASE(methods_are_as_everywhere) {
  auto allow = [&](const std::string& method, const std::string& path, int status) {
    auto answer = ask(sut.port(), request(method, path));
    BOOST_TEST(answer.status == status);
    return header(answer, "Allow");
  };
  BOOST_TEST(allow("GET", batches, 405) == "POST, OPTIONS");
  BOOST_TEST(allow("OPTIONS", batches, 204) == "POST, OPTIONS");
  for (auto* part : {"", "/events", "/cards.zip", "/cards.pdf"}) {
    auto path = batches + "/aaaaaaaaaaaaaaaaaaaaaaaaaa" + part;
    BOOST_TEST(allow("POST", path, 405) == "GET, HEAD, OPTIONS");
    BOOST_TEST(allow("DELETE", path, 405) == "GET, HEAD, OPTIONS");
    BOOST_TEST(allow("OPTIONS", path, 204) == "GET, HEAD, OPTIONS");
  }
}

BOOST_AUTO_TEST_CASE(a_batch_is_its_owners) {
  auto one = new_key("batch");
  auto other = new_key("batch");
  auto without = new_key("lookup,issue");
  BOOST_TEST(eventually(10s, [&] { return post(batch_of({id(0)}), without).status == 403; }));
  BOOST_TEST(eventually(10s, [&] { return get(batches + "/x", one).status == 404; }));
  BOOST_TEST(eventually(10s, [&] { return get(batches + "/x", other).status == 404; }));
  BOOST_TEST(post(batch_of({id(0)})).status == 401);
  auto path = open({id(0)}, one + "Idempotency-Key: k\r\n");
  BOOST_TEST(eventually(30s, [&] { return json_document{get(path, one)}.text("/data/state") == "done"; }));
  for (auto* part : {"", "/events", "/cards.zip", "/cards.pdf"}) {
    BOOST_TEST(get(path + part, one).status == 200);
    BOOST_TEST(get(path + part, other).status == 404);
    BOOST_TEST(get(path + part, without).status == 403);
    BOOST_TEST(get(path + part).status == 401);
  }
  BOOST_TEST(open({id(1)}, other + "Idempotency-Key: k\r\n") != path); // keys of others do not meet
}

BOOST_AUTO_TEST_CASE(a_batch_outlives_the_process) {
  auto path = open({id(0)});
  done(path);
  BOOST_TEST(sut.stop() == 0);
  tessera_process next{with_store({})};
  BOOST_TEST(json_document{tessera::test::get(next.port(), path)}.text("/data/state") == "done");
}

BOOST_AUTO_TEST_SUITE_END()

BOOST_AUTO_TEST_CASE(opening_batches_counts_as_bulk_and_asking_for_them_does_not) {
  fixture limited{{.environment = {"RATE_LIMIT_BULK=2"}, .limits = true}};
  auto path = limited.open({limited.id(0)});
  limited.open({limited.id(0)});
  auto refused = limited.post(batch_of({limited.id(0)}));
  BOOST_TEST(refused.status == 429);
  BOOST_TEST(header(refused, "RateLimit-Policy").starts_with("\"bulk\""));
  BOOST_TEST(limited.get(path).status == 200);
  BOOST_TEST(header(limited.get(path), "RateLimit-Policy").starts_with("\"general\""));
}

BOOST_AUTO_TEST_CASE(members_of_a_batch_that_there_are_not_count_once_against_whoever_opened_it) {
  fixture guarded{{.arguments = {"--guessing-misses", "5", "--guessing-run", "0", "--guessing-distinct", "0"},
                   .environment = {"RATE_LIMIT_CARD_GENERATION=0", "RATE_LIMIT_GENERAL=0"},
                   .limits = true}};
  std::size_t next = 0;
  auto another_member = [&] { return guarded.get(card_path + guarded.id(next++) + ".json").status; };
  BOOST_TEST(another_member() == 200);
  auto path = guarded.open({"999999991", "999999992", "999999993"});
  guarded.done(path);
  for (int i = 0; i < 10; ++i) // however often they ask how it went
    BOOST_TEST(guarded.get(path).status == 200);
  BOOST_TEST(another_member() == 200);
  raw_connection gone{guarded.sut.port()};
  gone.send(json_request("POST", batches, batch_of({"999999994", "999999995"})));
  gone.close(); // and whether they wait for the answer
  BOOST_TEST(eventually(10s, [&] { return another_member() == 429; }));
  json_document figures{guarded.get("/api/v1/health/detailed")};
  BOOST_TEST(figures.whole("/data/protection/turned_away/misses") == 1u);
}
