#include "gateway/tls_context.hpp"

#include "config/small_file.hpp"

#include <openssl/err.h>
#include <openssl/pem.h>
#include <openssl/ssl.h>

#include <string_view>
#include <utility>

namespace tessera {

namespace {

// Mozilla's intermediate configuration (Server Side TLS 5.7), in its order. Left out is the key exchange over finite
// fields: it is slow, and a client can make it arbitrarily dear (CVE-2002-20001).
constexpr auto suites_1_3 = "TLS_AES_128_GCM_SHA256:TLS_AES_256_GCM_SHA384:TLS_CHACHA20_POLY1305_SHA256";
constexpr auto suites_1_2 = "ECDHE-ECDSA-AES128-GCM-SHA256:ECDHE-RSA-AES128-GCM-SHA256:"
                            "ECDHE-ECDSA-AES256-GCM-SHA384:ECDHE-RSA-AES256-GCM-SHA384:"
                            "ECDHE-ECDSA-CHACHA20-POLY1305:ECDHE-RSA-CHACHA20-POLY1305";
constexpr auto groups = "X25519:prime256v1:secp384r1";

/// For how long a client may resume a session.
constexpr long ticket_seconds = 3'600;

constexpr std::string_view only_protocol = "\x08http/1.1"; // as ALPN writes it, with its length in front

template <auto Free>
struct free_with {
  template <class T>
  void operator()(T* thing) const noexcept {
    Free(thing);
  }
};
using bio_handle = std::unique_ptr<BIO, free_with<::BIO_free>>;
using certificate_handle = std::unique_ptr<X509, free_with<::X509_free>>;
using key_handle = std::unique_ptr<EVP_PKEY, free_with<::EVP_PKEY_free>>;

/// The files of a context. Errors are sentences about them.
struct pem_files {
  const std::filesystem::path& certificate;
  const std::filesystem::path& key; ///< may be the same

  failure wrong_certificate(const std::string& why) const {
    return {error_code::validation, "the TLS certificate file " + certificate.string() + " " + why};
  }
  failure wrong_key(const std::string& why) const {
    return {error_code::validation, "the TLS key file " + key.string() + " " + why};
  }
};

/// Returns why OpenSSL has just failed, and forgets it.
std::string reason() {
  const auto* text = ::ERR_reason_error_string(::ERR_peek_last_error());
  std::string out = text ? text : "no reason given";
  ::ERR_clear_error();
  return out;
}

bio_handle reader_of(const std::string& text) {
  return bio_handle{::BIO_new_mem_buf(text.data(), static_cast<int>(text.size()))};
}

/// Never asks at the terminal, as OpenSSL would by itself.
int refuse_passphrase(char*, int, int, void* asked) {
  *static_cast<bool*>(asked) = true;
  return -1;
}

/// Gives the context the chain that `text` holds, the server's own certificate first.
status use_chain(SSL_CTX* context, const std::string& text, const pem_files& files) {
  auto from = reader_of(text);
  for (int count = 0;; ++count) {
    certificate_handle next{::PEM_read_bio_X509(from.get(), nullptr, nullptr, nullptr)};
    if (!next) {
      bool at_end = ERR_GET_REASON(::ERR_peek_last_error()) == PEM_R_NO_START_LINE;
      auto why = reason();
      if (!at_end)
        return files.wrong_certificate("is damaged in certificate " + std::to_string(count + 1) + " (" + why + ")");
      if (count == 0)
        return files.wrong_certificate("holds no certificate; it must have the form PEM (BEGIN CERTIFICATE)");
      return ok();
    }
    // The context takes over what add0 is given, and a reference of its own to the other.
    bool taken = count == 0 ? ::SSL_CTX_use_certificate(context, next.get()) == 1
                            : ::SSL_CTX_add0_chain_cert(context, next.get()) == 1 && next.release();
    if (!taken)
      return files.wrong_certificate("cannot be used (" + reason() + ")");
  }
}

status use_key(SSL_CTX* context, const std::string& text, const pem_files& files) {
  auto from = reader_of(text);
  bool encrypted = false;
  key_handle key{::PEM_read_bio_PrivateKey(from.get(), nullptr, refuse_passphrase, &encrypted)};
  auto why = reason();
  if (encrypted)
    return files.wrong_key("is protected by a passphrase, which nobody could enter; store the key without one");
  if (!key)
    return files.wrong_key("holds no private key that can be read; it must have the form PEM (" + why + ")");
  if (::X509_check_private_key(::SSL_CTX_get0_certificate(context), key.get()) != 1) {
    ::ERR_clear_error();
    return files.wrong_key("does not belong to the certificate in " + files.certificate.string()
                           + "; give the key that the certificate was made for");
  }
  if (::SSL_CTX_use_PrivateKey(context, key.get()) != 1)
    return files.wrong_key("cannot be used (" + reason() + ")");
  return ok();
}

/// Who offers protocols must offer ours: what was meant for another protocol must not be taken for HTTP (ALPACA 2021).
int choose_protocol(SSL*, const unsigned char** chosen, unsigned char* chosen_size, const unsigned char* offered,
                    unsigned offered_size, void*) {
  auto agreed = ::SSL_select_next_proto(const_cast<unsigned char**>(chosen), chosen_size,
                                        reinterpret_cast<const unsigned char*>(only_protocol.data()),
                                        static_cast<unsigned>(only_protocol.size()), offered, offered_size);
  return agreed == OPENSSL_NPN_NEGOTIATED ? SSL_TLSEXT_ERR_OK : SSL_TLSEXT_ERR_ALERT_FATAL;
}

/// Called when the version is agreed. A ticket of TLS 1.2 holds the very secret that the connection is encrypted with,
/// so that whoever gets the tickets' key could read what was recorded; of TLS 1.3 it only vouches for the client.
int allow_tickets(SSL* ssl, void*) {
  if (::SSL_version(ssl) < TLS1_3_VERSION)
    ::SSL_set_options(ssl, SSL_OP_NO_TICKET);
  return 1;
}

/// Returns whether everything about how TLS is spoken has been set.
bool set_up(SSL_CTX* context) {
  ::SSL_CTX_set_options(context, SSL_OP_NO_RENEGOTIATION | SSL_OP_CIPHER_SERVER_PREFERENCE
                                     | SSL_OP_PRIORITIZE_CHACHA // for clients without AES in hardware
                                     // Requests say how long they are: one that was cut off is never taken for whole.
                                     | SSL_OP_IGNORE_UNEXPECTED_EOF);
  ::SSL_CTX_set_mode(context, SSL_MODE_ENABLE_PARTIAL_WRITE | SSL_MODE_ACCEPT_MOVING_WRITE_BUFFER
                                  | SSL_MODE_RELEASE_BUFFERS); // an idle connection holds no buffers
  ::SSL_CTX_set_read_ahead(context, 1);                        // one recv for a record instead of two
  ::SSL_CTX_set_session_cache_mode(context, SSL_SESS_CACHE_OFF);
  ::SSL_CTX_set_num_tickets(context, 1);
  ::SSL_CTX_set_timeout(context, ticket_seconds);
  ::SSL_CTX_set_cert_cb(context, allow_tickets, nullptr);
  ::SSL_CTX_set_alpn_select_cb(context, choose_protocol, nullptr);
  return ::SSL_CTX_set_min_proto_version(context, TLS1_2_VERSION) == 1
         && ::SSL_CTX_set_cipher_list(context, suites_1_2) == 1 && ::SSL_CTX_set_ciphersuites(context, suites_1_3) == 1
         && ::SSL_CTX_set1_groups_list(context, groups) == 1;
}

constexpr std::string_view name_a_file = "does not exist; give the path of a file in PEM form";

} // namespace

void tls_context::freer::operator()(ssl_ctx_st* context) const noexcept {
  ::SSL_CTX_free(context);
}

result<std::shared_ptr<const tls_context>> tls_context::load(const tls_settings& settings) {
  if (settings.certificate_file.empty())
    return failure{error_code::validation, "tls.key_file is given without tls.certificate_file; give both"};
  bool one_file = settings.key_file.empty();
  pem_files files{settings.certificate_file, one_file ? settings.certificate_file : settings.key_file};
  ::ERR_clear_error();
  handle context{::SSL_CTX_new(::TLS_server_method())};
  if (!context || !set_up(context.get()))
    return failure{error_code::internal, "OpenSSL cannot be used on this system: " + reason()};

  auto chain = read_small_file(files.certificate, "the TLS certificate file",
                               one_file ? file_privacy::owner_only : file_privacy::shared);
  if (!chain)
    return chain.error();
  if (!*chain)
    return files.wrong_certificate(std::string{name_a_file});
  if (auto used = use_chain(context.get(), **chain, files); !used)
    return used.error();

  auto key = one_file ? std::move(chain) : read_small_file(files.key, "the TLS key file", file_privacy::owner_only);
  if (!key)
    return key.error();
  if (!*key)
    return files.wrong_key(std::string{name_a_file});
  auto used = use_key(context.get(), **key, files);
  ::OPENSSL_cleanse((*key)->data(), (*key)->size());
  if (!used)
    return used.error();
  return std::shared_ptr<const tls_context>{new tls_context{std::move(context)}};
}

std::unique_ptr<tls_stream> tls_context::accept(int fd) const {
  tls_stream::handle ssl{::SSL_new(context_.get())};
  auto made = ssl ? tls_stream::accept(std::move(ssl), fd) : nullptr;
  if (!made)
    ::ERR_clear_error();
  return made;
}

std::string tls_context::valid_until() const {
  bio_handle out{::BIO_new(::BIO_s_mem())};
  if (!out || ::ASN1_TIME_print(out.get(), ::X509_get0_notAfter(::SSL_CTX_get0_certificate(context_.get()))) != 1)
    return "an unknown time";
  char* text = nullptr;
  auto size = BIO_get_mem_data(out.get(), &text);
  return {text, static_cast<std::size_t>(size)};
}

std::optional<utc_time> tls_context::ends() const {
  std::tm time{};
  if (::ASN1_TIME_to_tm(::X509_get0_notAfter(::SSL_CTX_get0_certificate(context_.get())), &time) != 1)
    return std::nullopt;
  return utc_time{std::chrono::seconds{::timegm(&time)}};
}

} // namespace tessera
