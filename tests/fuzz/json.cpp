#include "cards/id_number.hpp"
#include "gateway/http/json_input.hpp"
#include "tests/fuzz/fuzz.hpp"

#include <string>

/// The bodies and the ID numbers that clients send: what is refused is explained, without the number.
namespace {

using namespace tessera;

template <class T>
void check(const input<T>& parsed) {
  auto* fault = std::get_if<problem>(&parsed);
  if (!fault)
    return;
  fuzz::require(fault->code == error_code::validation, "bad input is a validation error");
  fuzz::require(!fault->message.empty() && !fault->errors.empty(), "bad input is explained");
  auto body = problem_body(*fault, "/p", "POST", "id", "t");
  fuzz::require(mask_id_numbers(body) == body, "no ID number in an error");
}

} // namespace

int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  auto text = fuzz::text_of(data, size);
  check(parse_lookup_body(text));
  check(parse_warm_body(text));
  check(parse_clear_body(text));
  auto parsed = parse_id_number(text);
  if (parsed.fault == id_number_fault::none)
    fuzz::require(id_number::from_packed(parsed.number.packed()) == parsed.number, "a number survives packing");
  else
    fuzz::require(mask_id_numbers(parsed.message) == parsed.message, "no ID number in a message");
  check_content_type(text);
  return 0;
}
