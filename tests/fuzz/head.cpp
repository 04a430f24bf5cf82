#include "gateway/http/request_head.hpp"
#include "tests/fuzz/fuzz.hpp"
#include "tests/support/beast_head.hpp"

#include <string>

/// Our strict reader of heads against Beast's parser: what ours lets through must mean the same to both.
int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace tessera;
  using fuzz::require;
  auto bytes = fuzz::text_of(data, size);
  constexpr head_limits limits{4'096, 1'024};
  http_request request;
  auto whole = read_head(bytes, limits, request);
  explain(whole.fault);
  if (whole.what != head_verdict::state::complete) {
    require(whole.what == head_verdict::state::incomplete || whole.fault != head_fault::none, "a refusal has a reason");
    return 0;
  }
  require(whole.size <= bytes.size() && whole.size <= limits.head_bytes,
          "a head is within what was given, and bounded");
  auto head = bytes.substr(0, whole.size);
  require(head.ends_with("\r\n\r\n"), "a head ends with an empty line");
  http_request again;
  require(read_head(head, limits, again).size == whole.size, "what follows a head does not change it");
  http_request cut;
  require(read_head(head.substr(0, head.size() - 1), limits, cut).what != head_verdict::state::complete,
          "a head is complete with its last byte, not before");
  require(difference_to_beast(head, request).empty(), "Beast reads the same");
  require(!(request.chunked && request.content_length > 0), "one way only to tell how long a body is");
  require(request.path.size() <= limits.target_bytes, "a target is bounded");
  require(request.path.find_first_of(" \r\n\t") == request.path.npos, "a path has no blanks");
  return 0;
}
