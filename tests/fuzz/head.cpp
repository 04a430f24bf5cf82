#include "gateway/http/head_check.hpp"
#include "gateway/http/request.hpp"
#include "tests/fuzz/fuzz.hpp"

#include <string>

/// The strict check of a head against Beast's parser, which reads it afterwards: what the check lets through must mean
/// to Beast what it means to us.
int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace tessera;
  using fuzz::require;
  auto bytes = fuzz::text_of(data, size);
  constexpr head_limits limits{4'096, 1'024};
  auto whole = check_head(bytes, limits);
  explain(whole.fault);
  if (whole.what != head_verdict::state::complete) {
    require(whole.what == head_verdict::state::incomplete || whole.fault != head_fault::none, "a refusal has a reason");
    return 0;
  }
  require(whole.size <= bytes.size() && whole.size <= limits.head_bytes,
          "a head is within what was given, and bounded");
  auto head = bytes.substr(0, whole.size);
  require(head.ends_with("\r\n\r\n"), "a head ends with an empty line");
  require(check_head(head, limits).size == whole.size, "what follows a head does not change it");
  require(check_head(head.substr(0, head.size() - 1), limits).what != head_verdict::state::complete,
          "a head is complete with its last byte, not before");
  http_request request;
  if (!parse_head(head, request))
    return 0; // stricter still
  require(!(request.chunked && request.content_length > 0), "one way only to tell how long a body is");
  require(request.path.size() <= limits.target_bytes, "a target is bounded");
  require(request.path.find_first_of(" \r\n\t") == request.path.npos, "a path has no blanks");
  return 0;
}
