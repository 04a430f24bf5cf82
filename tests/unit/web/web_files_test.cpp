#include "web/web_files.hpp"

#include <boost/test/unit_test.hpp>

#include <algorithm>
#include <set>
#include <string>

using namespace tessera;

BOOST_AUTO_TEST_SUITE(web_files)

BOOST_AUTO_TEST_CASE(the_page_is_served_at_its_short_address) {
  auto* page = find_web_file("/V");
  BOOST_REQUIRE(page != nullptr);
  BOOST_TEST(page->content_type == "text/html; charset=utf-8");
  BOOST_TEST(page->bytes.starts_with("<!doctype html>"));
  BOOST_TEST(page->bytes.ends_with("</html>\n"));
  BOOST_TEST(page == verify_files().data());
}

BOOST_AUTO_TEST_CASE(everything_the_page_names_is_served) {
  auto page = find_web_file("/V")->bytes;
  auto links = 0;
  for (auto at = page.find("\"/V/"); at != page.npos; at = page.find("\"/V/", at + 1)) {
    auto path = page.substr(at + 1, page.find('"', at + 1) - at - 1);
    BOOST_TEST(find_web_file(path) != nullptr, path << " is served");
    ++links;
  }
  BOOST_TEST(links >= 4);
}

BOOST_AUTO_TEST_CASE(what_the_scripts_load_is_served_as_script) {
  for (auto path : {"/V/page.js", "/V/qr_worker.js", "/V/sw.js"}) {
    auto* file = find_web_file(path);
    BOOST_REQUIRE(file != nullptr);
    BOOST_TEST(file->content_type == "text/javascript; charset=utf-8");
  }
}

BOOST_AUTO_TEST_CASE(every_file_has_content_a_type_and_a_weak_etag_of_its_own) {
  std::set<std::string> etags;
  for (auto files : {verify_files(), docs_files(), dashboard_files()}) {
    for (auto& file : files) {
      BOOST_TEST_CONTEXT(file.path) {
        BOOST_TEST(!file.bytes.empty());
        BOOST_TEST(!file.content_type.empty());
        BOOST_TEST(file.etag.starts_with("W/\""));
        BOOST_TEST(file.etag.ends_with("\""));
        BOOST_TEST(etags.emplace(file.etag).second);
      }
    }
  }
}

BOOST_AUTO_TEST_CASE(the_description_of_the_api_is_served_for_machines_and_people) {
  auto* described = find_web_file("/openapi.json");
  BOOST_REQUIRE(described != nullptr);
  BOOST_TEST(described->content_type == "application/json; charset=utf-8");
  BOOST_TEST(described->bytes.starts_with(R"({"openapi":"3.1.)"));
  auto* page = find_web_file("/docs");
  BOOST_REQUIRE(page != nullptr);
  BOOST_TEST(page->content_type == "text/html; charset=utf-8");
  BOOST_TEST(page->gzip.size() < 40'000u);
  for (auto path : {"/docs/page.css", "/docs/page.js", "/docs/icon.svg", "/docs/errors/not-found.html",
                    "/docs/errors/not-found.txt"})
    BOOST_TEST(find_web_file(path) != nullptr, path);
}

BOOST_AUTO_TEST_CASE(the_dashboard_is_whole_and_only_on_the_operators_port) {
  auto files = dashboard_files();
  BOOST_REQUIRE(!files.empty());
  BOOST_TEST(files.front().path == "/");
  BOOST_TEST(files.front().content_type == "text/html; charset=utf-8");
  for (auto path : {"/page.css", "/page.js", "/icon.svg", "/licenses.txt"}) {
    BOOST_TEST((std::ranges::find(files, path, &web_file::path) != files.end()), path);
    BOOST_TEST(files.front().bytes.find('"' + std::string{path} + '"') != std::string_view::npos, path << " is linked");
    BOOST_TEST(find_web_file(path) == nullptr);
  }
}

BOOST_AUTO_TEST_CASE(what_is_gzipped_is_shorter_and_begins_as_gzip_does) {
  auto gzipped = 0;
  for (auto& file : verify_files()) {
    if (file.gzip.empty())
      continue;
    BOOST_TEST(file.gzip.size() < file.bytes.size());
    BOOST_TEST(file.gzip.starts_with("\x1f\x8b\x08")); // RFC 1952, section 2.3.1: magic number, deflate
    ++gzipped;
  }
  BOOST_TEST(gzipped >= 3);
}

BOOST_AUTO_TEST_CASE(the_page_without_the_qr_decoder_is_small) {
  std::size_t size = 0;
  for (auto& file : verify_files())
    if (file.path != "/V/qr_worker.js")
      size += file.gzip.empty() ? file.bytes.size() : file.gzip.size();
  BOOST_TEST(size < 60'000u);
}

BOOST_AUTO_TEST_CASE(other_paths_are_not_found) {
  for (auto path : {"", "/", "/v", "/V/", "/V/index.html", "/V/page.js.gz", "/V/../V"})
    BOOST_TEST(find_web_file(path) == nullptr);
  for (auto path : {"/api/openapi.json", "/docs/", "/docs/index.html", "/docs/errors", "/docs/errors/not-found"})
    BOOST_TEST(find_web_file(path) == nullptr);
}

BOOST_AUTO_TEST_CASE(the_policy_allows_nothing_from_elsewhere) {
  for (auto policy : {verify_content_security_policy(), docs_content_security_policy()}) {
    BOOST_TEST(policy.starts_with("default-src 'none'; script-src 'self';"));
    BOOST_TEST(policy.ends_with("frame-ancestors 'none'"));
    BOOST_TEST(policy.find("unsafe") == policy.npos);
    BOOST_TEST(policy.find("http") == policy.npos);
  }
}

BOOST_AUTO_TEST_SUITE_END()
