#include "storage/l2_value.hpp"
#include "cards/member_record.hpp"
#include "storage/l2_sealer.hpp"
#include "tests/fuzz/fuzz.hpp"

#include <string>

/// What Redis holds: sealed values, which nobody else can make, and what is in them, as if somebody could.
int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace tessera;
  using fuzz::require;
  auto bytes = fuzz::text_of(data, size);
  static const l2_sealer sealer{l2_sealer::secret{}};
  require(!sealer.open(bytes, "name", 1, 2), "nobody forges a sealed value");
  if (auto value = decode_l2_value(bytes)) {
    require(encode(*value) == bytes, "a value has one spelling");
    member_json(value->subject);
    make_member_body(value->subject, sealer.etags());
  }
  if (auto subject = unpack_member(bytes))
    require(unpack_member(pack_member(*subject)) == subject, "a member survives packing");
  return 0;
}
