#include "tests/support/certificate.hpp"

#include <openssl/err.h>
#include <openssl/evp.h>
#include <openssl/pem.h>
#include <openssl/x509v3.h>

#include <fstream>
#include <memory>
#include <stdexcept>
#include <sys/stat.h>

namespace tessera::test {
namespace {

template <auto Free>
struct free_with {
  template <class T>
  void operator()(T* thing) const noexcept {
    Free(thing);
  }
};
using bio = std::unique_ptr<BIO, free_with<::BIO_free>>;

void check(bool done) {
  if (!done)
    throw std::runtime_error(std::string{"no certificate: "} + ::ERR_reason_error_string(::ERR_get_error()));
}

std::string text_of(const bio& from) {
  char* text = nullptr;
  auto size = BIO_get_mem_data(from.get(), &text);
  return {text, static_cast<std::size_t>(size)};
}

} // namespace

certificate make_certificate(const std::string& name, key_kind kind) {
  std::unique_ptr<EVP_PKEY, free_with<::EVP_PKEY_free>> key{kind == key_kind::ec ? EVP_EC_gen("P-256")
                                                                                 : EVP_RSA_gen(2048)};
  std::unique_ptr<X509, free_with<::X509_free>> made{::X509_new()};
  check(key && made);
  auto* subject = ::X509_get_subject_name(made.get());
  check(::X509_set_version(made.get(), X509_VERSION_3) == 1
        && ::ASN1_INTEGER_set(::X509_get_serialNumber(made.get()), 1) == 1
        && ::X509_gmtime_adj(::X509_getm_notBefore(made.get()), -3'600)
        && ::X509_gmtime_adj(::X509_getm_notAfter(made.get()), 86'400)
        && ::X509_NAME_add_entry_by_txt(subject, "CN", MBSTRING_UTF8,
                                        reinterpret_cast<const unsigned char*>(name.c_str()), -1, -1, 0)
               == 1
        && ::X509_set_issuer_name(made.get(), subject) == 1 && ::X509_set_pubkey(made.get(), key.get()) == 1);
  std::unique_ptr<X509_EXTENSION, free_with<::X509_EXTENSION_free>> names{
      ::X509V3_EXT_conf_nid(nullptr, nullptr, NID_subject_alt_name, "DNS:localhost,IP:127.0.0.1")};
  check(names && ::X509_add_ext(made.get(), names.get(), -1) == 1
        && ::X509_sign(made.get(), key.get(), ::EVP_sha256()) > 0);
  bio chain{::BIO_new(::BIO_s_mem())};
  bio secret{::BIO_new(::BIO_s_mem())};
  check(::PEM_write_bio_X509(chain.get(), made.get()) == 1
        && ::PEM_write_bio_PrivateKey(secret.get(), key.get(), nullptr, nullptr, 0, nullptr, nullptr) == 1);
  return {text_of(chain), text_of(secret)};
}

void write_private(const std::filesystem::path& file, const std::string& content) {
  auto fresh = file;
  fresh += ".new";
  std::ofstream{fresh, std::ios::binary} << content;
  if (::chmod(fresh.c_str(), 0600) != 0)
    throw std::runtime_error("cannot change the mode of " + fresh.string());
  std::filesystem::rename(fresh, file);
}

} // namespace tessera::test
