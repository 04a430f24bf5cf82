#include "cards/member.hpp"
#include "tests/integration/http/http_client.hpp"
#include "tests/integration/http/program_run.hpp"
#include "tests/integration/http/shared_service.hpp"
#include "tests/support/eventually.hpp"

#include <boost/test/unit_test.hpp>
#include <sodium.h>

#include <csignal>
#include <fstream>

using namespace std::chrono_literals;
using namespace tessera::test;

namespace {

const std::string cards = "/api/v1/cards/";
const std::string generate_data = "/api/v1/optimized-cards/generate-data/";
const std::string generate = "/api/v1/optimized-cards/generate/";
const std::string verify = "/api/v1/optimized-cards/verify";
const std::string batch = "/api/v1/optimized-cards/batch-generate";

/// Far enough away for every sample member, and near enough to be allowed.
const std::string long_valid = R"({"issued_by":"desk 1","custom_expiry":")" + [] {
  auto in_two_years = std::chrono::floor<std::chrono::days>(std::chrono::system_clock::now()) + std::chrono::days{730};
  return tessera::iso8601(in_two_years).substr(0, 10);
}() + "\"}";

std::string bytes_of(const std::string& base64) {
  std::string bytes(base64.size(), '\0');
  std::size_t size = 0;
  if (sodium_base642bin(reinterpret_cast<unsigned char*>(bytes.data()), bytes.size(), base64.data(), base64.size(),
                        nullptr, &size, nullptr, sodium_base64_VARIANT_ORIGINAL)
      != 0)
    throw std::runtime_error("not base64");
  bytes.resize(size);
  return bytes;
}

/// A service on a store of its own, whose members' cards are changed.
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
  raw_response post(const std::string& path, const std::string& body, const std::string& headers = {}) const {
    auto whole = json_request("POST", path, body);
    whole.insert(whole.find("\r\n") + 2, headers);
    return ask(sut.port(), whole);
  }
  /// Returns the token of a card that is valid for two years.
  std::string token(std::size_t index) const {
    auto made = json_document{post(generate_data + id(index), long_valid)};
    auto url = qr_text(bytes_of(made.text("/data/qr_code_url").substr(std::string{"data:image/png;base64,"}.size())));
    return url.substr(url.find('#') + 1);
  }
  /// Returns what zbarimg reads in a picture.
  std::string qr_text(const std::string& png) const {
    auto file = dir / "code.png";
    std::ofstream{file, std::ios::binary} << png;
    auto command = "zbarimg -q --raw " + file.string() + " 2>/dev/null";
    std::unique_ptr<FILE, int (*)(FILE*)> pipe{::popen(command.c_str(), "r"), ::pclose};
    char text[512] = {};
    return std::fgets(text, sizeof text, pipe.get()) ? std::string{text, std::strcspn(text, "\n")} : std::string{};
  }
  json_document verified(const std::string& presented, const std::string& headers = {}) const {
    auto answer = post(verify, R"({"card_data":")" + presented + "\"}", headers);
    BOOST_TEST(answer.status == 200);
    json_document body{answer};
    BOOST_TEST(body.text("/message") == "Card verification completed");
    return body;
  }
  std::string fault_of(const std::string& presented) const {
    auto body = verified(presented);
    return body.truth("/data/valid") ? "none" : body.text("/data/verification_details/reason");
  }

  sample_store store;
  temp_dir dir;
  tessera_process sut;
};

} // namespace

BOOST_FIXTURE_TEST_SUITE(cards_test, fixture)

BOOST_AUTO_TEST_CASE(generate_data_answers_as_the_predecessor_did) {
  auto first = post(generate_data + id(0), R"({"issued_by":"desk 1","template":"premium"})");
  BOOST_TEST_REQUIRE(first.status == 200);
  BOOST_TEST(header(first, "X-Cache") == "MISS");
  json_document made{first};
  BOOST_TEST(made.text("/message") == "Digital membership card generated successfully");
  BOOST_TEST(made.names("/data")
                 == (std::vector<std::string>{"card_data", "qr_code_url", "pdf_base64", "pdf_size", "generated_at",
                                              "cache_hit"}),
             boost::test_tools::per_element());
  BOOST_TEST(
      made.names("/data/card_data")
          == (std::vector<std::string>{"card_id", "member_id", "card_number", "issue_date", "expiry_date", "status",
                                       "security_hash", "card_design_template", "issued_by", "last_updated"}),
      boost::test_tools::per_element());
  BOOST_TEST(std::to_string(made.whole("/data/card_data/member_id")) == id(0));
  BOOST_TEST(is_timestamp(made.text("/data/card_data/issue_date")));
  BOOST_TEST(is_timestamp(made.text("/data/card_data/expiry_date")));
  BOOST_TEST(is_timestamp(made.text("/data/generated_at")));
  BOOST_TEST(made.text("/data/card_data/security_hash").size() == 64u);
  BOOST_TEST(made.text("/data/card_data/card_design_template") == "premium");
  BOOST_TEST(made.text("/data/card_data/issued_by") == "desk 1");
  BOOST_TEST(!made.truth("/data/cache_hit"));
  auto pdf = bytes_of(made.text("/data/pdf_base64"));
  BOOST_TEST(pdf.size() == made.whole("/data/pdf_size"));
  BOOST_TEST(pdf.starts_with("%PDF-1.7"));
  BOOST_TEST(pdf.size() <= 20u * 1024);

  auto second = post(generate_data + id(0), R"({"issued_by":"desk 1","template":"premium"})");
  BOOST_TEST(header(second, "X-Cache") == "HIT");
  json_document again{second};
  BOOST_TEST(again.truth("/data/cache_hit"));
  BOOST_TEST(again.text("/data/pdf_base64") == made.text("/data/pdf_base64"));
  BOOST_TEST(again.text("/data/card_data/card_number") == made.text("/data/card_data/card_number"));
}

BOOST_AUTO_TEST_CASE(what_shapes_a_card_keeps_it_apart_from_others) {
  auto hash = [&](const std::string& body) {
    return json_document{post(generate_data + id(0), body)}.text("/data/card_data/security_hash");
  };
  auto plain = hash(R"({"issued_by":"a"})");
  BOOST_TEST(hash(R"({"issued_by":"b"})") == plain); // the issuer is not signed
  BOOST_TEST(hash(R"({"issued_by":"a","template":"premium"})") != plain);
  BOOST_TEST(hash(long_valid) != plain);
  json_document other{post(generate_data + id(0), R"({"issued_by":"b"})")};
  BOOST_TEST(other.text("/data/card_data/issued_by") == "b");
}

BOOST_AUTO_TEST_CASE(generate_sends_the_pdf_under_the_cards_number) {
  auto answer = post(generate + id(0), R"({"issued_by":"desk 1"})");
  BOOST_TEST_REQUIRE(answer.status == 200);
  BOOST_TEST(header(answer, "Content-Type") == "application/pdf");
  auto number =
      json_document{post(generate_data + id(0), R"({"issued_by":"desk 1"})")}.text("/data/card_data/card_number");
  BOOST_TEST(header(answer, "Content-Disposition") == "attachment; filename=\"membership-card-" + number + ".pdf\"");
  BOOST_TEST(header(answer, "X-Cache-Hit") == "false");
  BOOST_TEST(header(answer, "X-PDF-Size") == std::to_string(answer.body.size()));
  BOOST_TEST(header(post(generate + id(0), R"({"issued_by":"desk 1"})"), "X-Cache-Hit") == "true");
}

BOOST_AUTO_TEST_CASE(input_that_is_wrong_is_named) {
  auto pointer = [&](const std::string& path, const std::string& body) {
    auto answer = post(path, body);
    BOOST_TEST(answer.status == 400);
    json_document what{answer};
    BOOST_TEST(what.text("/error/code") == "VALIDATION_ERROR");
    return what.text("/errors/0/pointer");
  };
  const auto path = generate_data + id(0);
  BOOST_TEST(pointer(path, "{}") == "/issued_by");
  BOOST_TEST(pointer(path, R"({"issued_by":7})") == "/issued_by");
  BOOST_TEST(pointer(path, R"({"issued_by":"a","template":"gold"})") == "/template");
  BOOST_TEST(pointer(path, R"({"issued_by":"a","custom_expiry":"2001-01-01"})") == "/custom_expiry");
  BOOST_TEST(pointer(path, R"({"issued_by":"a","custom_expiry":"2030-02-30"})") == "/custom_expiry");
  BOOST_TEST(pointer(path, R"({"issued_by":"a","custom_expiry":"2999-01-01"})") == "/custom_expiry");
  BOOST_TEST(pointer(generate_data + "x", R"({"issued_by":"a"})") == "/memberId");
  BOOST_TEST(pointer(verify, "{}") == "/card_data");
  BOOST_TEST(pointer(batch, R"({"issued_by":"a"})") == "/member_ids");
  BOOST_TEST(pointer(batch, R"({"member_ids":["1",2],"issued_by":"a"})") == "/member_ids/1");
  BOOST_TEST(pointer(batch, R"({"member_ids":["1"],"issued_by":"a","concurrency":0})") == "/concurrency");
  BOOST_TEST(pointer(batch, R"({"member_ids":["1"]})") == "/issued_by");
  BOOST_TEST(post(generate_data + "999999999", R"({"issued_by":"a"})").status == 404);
  BOOST_TEST(get(sut.port(), cards + id(0) + ".svg?template=gold").status == 400);
}

BOOST_AUTO_TEST_CASE(a_card_comes_in_many_formats) {
  const auto base = cards + id(0);
  auto begins = [&](const std::string& path, const std::string& type, const std::string& beginning,
                    const std::string& headers = {}) {
    auto answer = get(sut.port(), path, headers);
    BOOST_TEST_INFO_SCOPE(path << " " << headers);
    BOOST_TEST(answer.status == 200);
    BOOST_TEST(header(answer, "Content-Type").starts_with(type));
    BOOST_TEST(answer.body.starts_with(beginning));
    BOOST_TEST(get(sut.port(), path, headers + "If-None-Match: " + header(answer, "ETag") + "\r\n").status == 304);
  };
  begins(base + ".pdf", "application/pdf", "%PDF-1.7");
  begins(base + ".svg", "image/svg+xml", "<svg");
  begins(base + ".png?template=premium", "image/png", "\x89PNG");
  begins(base + "/qr.png", "image/png", "\x89PNG");
  begins(base + "/qr.svg", "image/svg+xml", "<svg");
  begins(base + ".json", "application/json", "{\"success\":true");
  begins(base, "application/json", "{\"success\":true");
  begins(base, "image/png", "\x89PNG", "Accept: image/png, image/svg+xml\r\n");
  auto url = qr_text(get(sut.port(), base + "/qr.png").body);
  BOOST_TEST(url == json_document{get(sut.port(), base + ".json")}.text("/data/verify_url"));
  BOOST_TEST(url.starts_with("HTTPS://LOCALHOST/V#"));
  BOOST_TEST(get(sut.port(), cards + "999999999.pdf").status == 404);
}

BOOST_AUTO_TEST_CASE(a_card_is_verified_by_token_address_and_jwt) {
  auto presented = token(0);
  for (const auto& text : {presented, "HTTPS://LOCALHOST/V#" + presented}) {
    auto body = verified(text);
    BOOST_TEST(body.truth("/data/valid"));
    BOOST_TEST(body.text("/data/member_info/membership_number").starts_with("MEM"));
    BOOST_TEST(!body.text("/data/member_info/province").empty());
    BOOST_TEST(is_timestamp(body.text("/data/verification_details/verified_at")));
    BOOST_TEST(is_timestamp(body.text("/data/verification_details/expiry_date")));
  }
  json_document details{get(sut.port(), cards + id(0) + ".json")};
  auto by_jwt = fault_of(details.text("/data/jwt"));
  BOOST_TEST(by_jwt == fault_of(details.text("/data/token"))); // valid or expired, as the member is
  BOOST_TEST((by_jwt == "none" || by_jwt == "expired"));
  auto damaged = presented;
  damaged.back() = damaged[40];
  damaged[40] = damaged[40] == 'A' ? 'B' : 'A';
  BOOST_TEST(fault_of(damaged) != "none");
  BOOST_TEST(fault_of("nonsense") == "malformed");
  BOOST_TEST(fault_of(R"({\"member_id\":12})") == "unsigned_data");
}

BOOST_AUTO_TEST_CASE(a_reissued_card_replaces_the_one_before_and_a_revoked_one_has_no_successor) {
  auto first = token(0);
  BOOST_TEST(fault_of(first) == "none");
  auto reissued = post(cards + id(0) + "/reissue", "");
  BOOST_TEST(reissued.status == 200);
  BOOST_TEST(json_document{reissued}.whole("/data/epoch") == 2u);
  BOOST_TEST(fault_of(first) == "superseded");
  auto second = token(0);
  BOOST_TEST(second != first);
  BOOST_TEST(fault_of(second) == "none");

  auto revoked = post(cards + id(0) + "/revoke", R"({"reason":"lost; \"stolen\""})");
  BOOST_TEST(revoked.status == 200);
  BOOST_TEST(fault_of(second) == "revoked");
  BOOST_TEST(fault_of(first) == "revoked");
  auto refused = post(generate_data + id(0), R"({"issued_by":"a"})");
  BOOST_TEST(refused.status == 409);
  BOOST_TEST(json_document{refused}.text("/error/code") == "CONFLICT");
  BOOST_TEST(json_document{get(sut.port(), "/api/v1/revocations")}.whole("/count") == 1u);
  BOOST_TEST(post(cards + id(0) + "/reissue", "").status == 200);
  BOOST_TEST(fault_of(token(0)) == "none");
  BOOST_TEST(fault_of(second) == "revoked");

  BOOST_TEST(post(cards + "999999999/reissue", "").status == 404);
  BOOST_TEST(post(cards + id(0) + "/revoke", "{}").status == 400);
  auto audited = [&] { return store.query("SELECT 1 FROM audit_log WHERE action LIKE 'card.%'").size(); };
  BOOST_TEST(eventually(10s, [&] { return audited() == 3u; }));
}

BOOST_AUTO_TEST_CASE(changes_of_another_process_are_seen) {
  auto presented = token(0);
  tessera_process other{with_store({})};
  BOOST_TEST(ask(other.port(), json_request("POST", cards + id(0) + "/reissue", "")).status == 200);
  BOOST_TEST(eventually(10s, [&] { return fault_of(presented) == "superseded"; }));
}

BOOST_AUTO_TEST_CASE(the_command_line_reissues_and_revokes) {
  auto presented = token(0);
  auto reissued = run_program({"reissue", id(0), "--store", store.url()});
  BOOST_TEST(reissued.code == 0, reissued.errors);
  BOOST_TEST(eventually(10s, [&] { return fault_of(presented) == "superseded"; }));
  BOOST_TEST(run_program({"revoke", id(0), "--reason", "lost", "--store", store.url()}).code == 0);
  BOOST_TEST(eventually(10s, [&] { return fault_of(presented) == "revoked"; }));
  BOOST_TEST(store.query("SELECT 1 FROM audit_log WHERE actor = 'cli' AND action LIKE 'card.%'").size() == 2u);
  BOOST_TEST(run_program({"revoke", id(0), "--store", store.url()}).code == 2);
  BOOST_TEST(run_program({"revoke", store.number(0), "--reason", "x", "--store", store.url()}).code == 2);
  BOOST_TEST(run_program({"reissue", "x", "--store", store.url()}).code == 2);
  BOOST_TEST(run_program({"reissue", "999999999", "--store", store.url()}).code == 1);
}

BOOST_AUTO_TEST_CASE(the_card_of_a_member_who_is_no_longer_active_is_not_valid) {
  auto presented = token(0);
  store.query("UPDATE members SET membership_status = 'Expired' WHERE member_id = " + id(0));
  BOOST_TEST(ask(sut.port(), request("DELETE", clear_path + id(0))).status == 200);
  BOOST_TEST(fault_of(presented) == "not_active");
  BOOST_TEST(post(generate_data + id(0), R"({"issued_by":"a"})").status == 404);
}

BOOST_AUTO_TEST_CASE(a_rotated_key_signs_after_sighup_and_the_one_before_still_verifies) {
  auto before = token(0);
  json_document keys{get(sut.port(), "/.well-known/jwks.json")};
  BOOST_TEST(keys.text("/keys/0/crv") == "Ed25519");
  auto file = (sut.directory() / "var" / "card.keys").string();
  BOOST_TEST(run_program({"keys", "rotate", "--card-keys", file}).code == 0);
  sut.signal(SIGHUP);
  BOOST_TEST(
      eventually(10s, [&] { return json_document{get(sut.port(), "/.well-known/jwks.json")}.has("/keys/1/kid"); }));
  auto after = token(1);
  BOOST_TEST(after.substr(0, 8) != before.substr(0, 8));
  BOOST_TEST(fault_of(before) == "none");
  BOOST_TEST(fault_of(after) == "none");
}

BOOST_AUTO_TEST_CASE(a_batch_answers_in_order_and_one_bad_id_spoils_no_other) {
  auto answer = post(batch, R"({"issued_by":"a","concurrency":2,"member_ids":[")" + id(0) + R"(","x",")" + id(1)
                                + R"(","999999999",")" + id(0) + "\"]}");
  BOOST_TEST_REQUIRE(answer.status == 200);
  json_document body{answer};
  BOOST_TEST(body.text("/message") == "Batch card generation completed");
  BOOST_TEST(body.whole("/data/successful") == 3u);
  BOOST_TEST(body.whole("/data/failed") == 2u);
  BOOST_TEST(body.text("/data/results/0/memberId") == id(0));
  BOOST_TEST(body.truth("/data/results/0/success"));
  BOOST_TEST(!body.truth("/data/results/1/success"));
  BOOST_TEST(!body.text("/data/results/1/error").empty());
  BOOST_TEST(body.truth("/data/results/2/success"));
  BOOST_TEST(body.text("/data/results/3/error") == "Member not found");
  BOOST_TEST(body.truth("/data/results/4/success"));
  BOOST_TEST(header(post(generate_data + id(1), R"({"issued_by":"a"})"), "X-Cache") == "HIT");
}

BOOST_AUTO_TEST_CASE(scopes_say_who_may_issue_and_who_sees_names) {
  auto presented = token(0);
  auto new_key = [&](const std::string& scopes) {
    auto end = run_program({"keys", "create", "--name", "test", "--scopes", scopes, "--store", store.url()});
    return "Authorization: Bearer " + end.output.substr(0, end.output.find('\n')) + "\r\n";
  };
  auto issue = new_key("issue");
  auto full = new_key("verify");
  auto body = R"({"issued_by":"a"})";
  BOOST_TEST(eventually(10s, [&] { return post(generate_data + id(0), body, issue).status == 200; }));
  BOOST_TEST(eventually(10s, [&] { return post(generate_data + id(0), body).status == 401; }));
  BOOST_TEST(eventually(10s, [&] { return post(generate_data + id(0), body, full).status == 403; }));
  BOOST_TEST(post(batch, R"({"member_ids":["1"],"issued_by":"a"})", issue).status == 403);
  BOOST_TEST(get(sut.port(), cards + id(0) + ".pdf").status == 401);
  BOOST_TEST(post(cards + id(0) + "/reissue", "", full).status == 403);
  auto shown = verified(presented, full).text("/data/member_info/name");
  auto initials = verified(presented).text("/data/member_info/name");
  BOOST_TEST(shown.find(' ') != shown.npos);
  BOOST_TEST(initials.size() < shown.size());
  BOOST_TEST(initials.ends_with("."));
}

BOOST_AUTO_TEST_SUITE_END()

BOOST_AUTO_TEST_CASE(making_cards_has_a_limit_of_its_own) {
  tessera_process::options how;
  how.limits = true;
  fixture limited{std::move(how)};
  const auto path = generate_data + limited.id(0);
  for (int i = 0; i < 10; ++i)
    BOOST_TEST(limited.post(path, R"({"issued_by":"a"})").status == 200);
  auto refused = limited.post(path, R"({"issued_by":"a"})");
  BOOST_TEST(refused.status == 429);
  BOOST_TEST(header(refused, "X-RateLimit-Limit") == "10");
  BOOST_TEST(header(refused, "RateLimit-Policy").starts_with("\"card\""));
}
