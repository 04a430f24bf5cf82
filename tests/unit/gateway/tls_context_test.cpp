#include "gateway/tls_context.hpp"

#include "tests/support/certificate.hpp"
#include "tests/support/temp_dir.hpp"

#include <boost/test/unit_test.hpp>

#include <openssl/pem.h>
#include <sys/stat.h>

using namespace tessera;
using namespace tessera::test;

namespace {

/// One certificate for all tests: making one takes a while.
const certificate& own() {
  static const auto made = make_certificate("own");
  return made;
}

struct fixture {
  tls_settings write(const std::string& chain, const std::string& key) {
    write_private(dir / "cert.pem", chain);
    write_private(dir / "key.pem", key);
    return {dir / "cert.pem", dir / "key.pem"};
  }
  void refuses(const tls_settings& files, const std::string& named, const std::string& because) {
    auto loaded = tls_context::load(files);
    BOOST_REQUIRE(!loaded.has_value());
    const auto& detail = loaded.error().detail;
    BOOST_TEST(detail.find(named) != std::string::npos, detail << " lacks " << named);
    BOOST_TEST(detail.find(because) != std::string::npos, detail << " lacks " << because);
    BOOST_TEST(detail.find('\n') == std::string::npos);
  }

  temp_dir dir;
};

/// Returns a key with a passphrase.
std::string locked(const std::string& key) {
  auto* from = ::BIO_new_mem_buf(key.data(), static_cast<int>(key.size()));
  auto* read = ::PEM_read_bio_PrivateKey(from, nullptr, nullptr, nullptr);
  auto* to = ::BIO_new(::BIO_s_mem());
  unsigned char phrase[] = "secret";
  BOOST_REQUIRE(::PEM_write_bio_PKCS8PrivateKey(to, read, ::EVP_aes_128_cbc(), reinterpret_cast<char*>(phrase), 6,
                                                nullptr, nullptr)
                == 1);
  char* text = nullptr;
  auto size = BIO_get_mem_data(to, &text);
  std::string out{text, static_cast<std::size_t>(size)};
  ::BIO_free(to);
  ::EVP_PKEY_free(read);
  ::BIO_free(from);
  return out;
}

} // namespace

BOOST_FIXTURE_TEST_SUITE(tls_context_test, fixture)

BOOST_AUTO_TEST_CASE(a_certificate_and_its_key_are_loaded) {
  for (auto kind : {key_kind::ec, key_kind::rsa}) {
    auto made = make_certificate("any", kind);
    auto loaded = tls_context::load(write(made.chain, made.key));
    BOOST_REQUIRE(loaded.has_value());
    auto until = (*loaded)->valid_until();
    BOOST_TEST(until.ends_with(" GMT"), until);
  }
}

BOOST_AUTO_TEST_CASE(both_may_be_in_one_file_in_any_order) {
  for (const auto& text : {own().chain + own().key, own().key + own().chain}) {
    write_private(dir / "both.pem", text);
    BOOST_TEST(tls_context::load({dir / "both.pem", {}}).has_value());
    BOOST_TEST(tls_context::load({dir / "both.pem", dir / "both.pem"}).has_value());
  }
  BOOST_REQUIRE(::chmod((dir / "both.pem").c_str(), 0644) == 0);
  refuses({dir / "both.pem", {}}, "both.pem", "chmod 600");
}

BOOST_AUTO_TEST_CASE(files_that_are_not_there_are_named) {
  auto files = write(own().chain, own().key);
  refuses({dir / "missing.pem", files.key_file}, "the TLS certificate file " + (dir / "missing.pem").string(),
          "does not exist");
  refuses({files.certificate_file, dir / "missing.pem"}, "the TLS key file " + (dir / "missing.pem").string(),
          "does not exist");
  refuses({{}, files.key_file}, "tls.key_file", "tls.certificate_file");
  refuses({dir.path(), files.key_file}, dir.path().string(), "not a regular file");
}

BOOST_AUTO_TEST_CASE(a_key_that_others_may_read_is_refused) {
  auto files = write(own().chain, own().key);
  BOOST_REQUIRE(::chmod(files.certificate_file.c_str(), 0644) == 0);
  BOOST_TEST(tls_context::load(files).has_value());
  BOOST_REQUIRE(::chmod(files.key_file.c_str(), 0644) == 0);
  refuses(files, "key.pem", "chmod 600");
}

BOOST_AUTO_TEST_CASE(what_is_no_certificate_is_refused) {
  refuses(write("", own().key), "cert.pem", "holds no certificate");
  refuses(write("hello", own().key), "cert.pem", "holds no certificate");
  refuses(write(own().key, own().key), "cert.pem", "holds no certificate");
  auto broken = own().chain;
  broken.replace(broken.size() / 2, 8, "========");
  refuses(write(broken, own().key), "cert.pem", "is damaged in certificate 1");
  refuses(write(own().chain + broken, own().key), "cert.pem", "is damaged in certificate 2");
}

BOOST_AUTO_TEST_CASE(what_is_no_key_is_refused) {
  refuses(write(own().chain, ""), "key.pem", "holds no private key");
  refuses(write(own().chain, own().chain), "key.pem", "holds no private key");
  refuses(write(own().chain, own().key.substr(0, own().key.size() / 2)), "key.pem", "holds no private key");
  refuses(write(own().chain, locked(own().key)), "key.pem", "passphrase");
}

BOOST_AUTO_TEST_CASE(a_key_of_another_certificate_is_refused) {
  for (auto kind : {key_kind::ec, key_kind::rsa}) {
    auto files = write(own().chain, make_certificate("other", kind).key);
    refuses(files, "key.pem", "does not belong to the certificate in " + files.certificate_file.string());
  }
}

BOOST_AUTO_TEST_SUITE_END()
