// A proxy that passes every piece of a server's answers on after a fixed time: it makes a database on this machine as
// far away or as slow as one wants. Connections that take their turns behind it use hardly any processor time, so what
// bounds them is their number and that delay. It runs until it is ended.
//
//   bench_delay_proxy SERVER_PORT MILLISECONDS

#include "tests/faults/fault_proxy.hpp"

#include <signal.h>

#include <chrono>
#include <cstdint>
#include <cstdio>
#include <cstdlib>

int main(int argc, char** argv) {
  if (argc != 3) {
    std::fprintf(stderr, "Usage: bench_delay_proxy SERVER_PORT MILLISECONDS\n");
    return 2;
  }
  sigset_t ends;
  ::sigemptyset(&ends);
  ::sigaddset(&ends, SIGTERM);
  ::sigaddset(&ends, SIGINT);
  ::pthread_sigmask(SIG_BLOCK, &ends, nullptr); // before the proxy's thread starts, which inherits it
  tessera::test::fault_proxy proxy{static_cast<std::uint16_t>(std::strtoul(argv[1], nullptr, 10))};
  proxy.inject(tessera::test::fault::slow(std::chrono::milliseconds{std::strtol(argv[2], nullptr, 10)}));
  std::printf("Serving on 127.0.0.1:%u\n", static_cast<unsigned>(proxy.port()));
  std::fflush(stdout);
  int signal = 0;
  ::sigwait(&ends, &signal);
}
