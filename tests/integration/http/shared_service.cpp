#include "tests/integration/http/shared_service.hpp"

namespace tessera::test {
namespace {

std::vector<std::string> with_store(std::vector<std::string> arguments) {
  arguments.insert(arguments.end(), {"--store", shared_store().url()});
  return arguments;
}

} // namespace

own_service::own_service(std::vector<std::string> arguments) : tessera_process(with_store(std::move(arguments))) {
}

own_service::own_service(options how)
    : tessera_process([&] {
        how.arguments = with_store(std::move(how.arguments));
        return how;
      }()) {
}

std::uint16_t shared_port() {
  shared_store(); // is needed for longer, so made before
  static const own_service service{{"--gateway-cors-origins", std::string{allowed_origin}}};
  return service.port();
}

} // namespace tessera::test
