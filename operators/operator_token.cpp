#include "operators/operator_token.hpp"

#include "cards/base64url.hpp"
#include "config/private_file.hpp"
#include "config/small_file.hpp"

#include <sodium.h>

#include <array>
#include <stdexcept>

namespace tessera {

namespace {

constexpr std::string_view file_name = "the operators' token file";

} // namespace

operator_token::operator_token(const std::filesystem::path& file) : file_(file), text_(prefix) {
  if (sodium_init() < 0)
    throw std::runtime_error("libsodium cannot be used on this system");
  std::error_code fault;
  if (auto absolute = std::filesystem::absolute(file, fault); !fault)
    file_ = absolute;
  std::array<std::uint8_t, 32> random{};
  randombytes_buf(random.data(), random.size());
  text_ += encode_base64url(random);
}

status operator_token::publish() const {
  std::error_code fault;
  std::filesystem::remove(file_, fault); // what is wrong with that, the next step says
  if (auto written = create_private_file(file_, text_ + "\n", file_name); !written)
    return written;
  // A file that came in between was left as it is, and is not ours.
  auto content = read_small_file(file_, file_name, file_privacy::owner_only);
  if (!content)
    return content.error();
  if (*content != text_ + "\n")
    return failure{error_code::conflict, "Another process writes " + file_.string()
                                             + ": give each node a file of its own (operator.token_file)"};
  return ok();
}

bool operator_token::is(std::string_view presented) const noexcept {
  return presented.size() == text_.size() && sodium_memcmp(presented.data(), text_.data(), text_.size()) == 0;
}

void operator_token::withdraw() const noexcept {
  try {
    auto content = read_small_file(file_, file_name, file_privacy::owner_only);
    std::error_code fault;
    if (content && *content && **content == text_ + "\n")
      std::filesystem::remove(file_, fault);
  } catch (const std::exception&) { // no memory: then it stays, and opens nothing any more
  }
}

} // namespace tessera
