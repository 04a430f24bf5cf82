#include "actors/process_sample.hpp"

#include <dirent.h>
#include <sched.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/sysinfo.h>
#include <unistd.h>

#include <algorithm>
#include <cstdio>
#include <fstream>
#include <memory>
#include <string>

namespace tessera {

namespace {

/// Counting descriptors takes a millisecond for each 10,000 where the kernel does not count them itself.
constexpr unsigned counts_every = 10;

unsigned usable_cores() {
  cpu_set_t set;
  if (::sched_getaffinity(0, sizeof set, &set) != 0)
    return 1;
  return static_cast<unsigned>(std::max(CPU_COUNT(&set), 1));
}

/// Returns the limit of the control group (version 2), or the machine's memory where that is less or there is none.
std::uint64_t memory_limit() {
  struct sysinfo machine {};
  std::uint64_t limit = ::sysinfo(&machine) == 0 ? std::uint64_t{machine.totalram} * machine.mem_unit : 0;
  std::ifstream groups{"/proc/self/cgroup"};
  for (std::string line; std::getline(groups, line);) {
    if (!line.starts_with("0::"))
      continue;
    std::ifstream file{"/sys/fs/cgroup" + line.substr(3) + "/memory.max"};
    if (std::uint64_t bytes = 0; file >> bytes) // not "max"
      limit = std::min(limit, bytes);
  }
  return limit;
}

std::chrono::nanoseconds cpu_time() {
  rusage used{};
  if (::getrusage(RUSAGE_SELF, &used) != 0)
    return {};
  auto of = [](const timeval& time) {
    return std::chrono::seconds{time.tv_sec} + std::chrono::microseconds{time.tv_usec};
  };
  return of(used.ru_utime) + of(used.ru_stime);
}

} // namespace

process_sampler::process_sampler() {
  last_.cores = usable_cores();
  last_.memory_limit_bytes = memory_limit();
}

void process_sampler::count_descriptors() {
  rlimit limit{};
  if (::getrlimit(RLIMIT_NOFILE, &limit) == 0)
    last_.descriptors_limit = limit.rlim_cur;
  struct stat directory {};
  if (::stat("/proc/self/fd", &directory) == 0 && directory.st_size > 0) { // since Linux 6.2 it is their number
    last_.descriptors = static_cast<std::uint64_t>(directory.st_size);
    return;
  }
  std::unique_ptr<DIR, int (*)(DIR*)> open{::opendir("/proc/self/fd"), ::closedir};
  if (!open)
    return;
  std::uint64_t entries = 0;
  while (::readdir(open.get()))
    ++entries;
  last_.descriptors = entries - std::min<std::uint64_t>(entries, 3); // ".", ".." and the directory itself
}

process_sample process_sampler::take() {
  last_.cpu_time = cpu_time();
  if (taken_++ % counts_every == 0)
    count_descriptors();
  std::unique_ptr<std::FILE, int (*)(std::FILE*)> file{std::fopen("/proc/self/statm", "r"), std::fclose};
  unsigned long pages = 0;
  unsigned long resident = 0;
  if (file && std::fscanf(file.get(), "%lu %lu", &pages, &resident) == 2)
    last_.resident_bytes = resident * static_cast<std::uint64_t>(::sysconf(_SC_PAGESIZE));
  std::ifstream stat{"/proc/self/stat"};
  std::string line;
  if (std::getline(stat, line)) { // fields 3 and on follow the last parenthesis; the threads are field 20
    auto field = line.rfind(')');
    for (int i = 2; i < 20 && field != line.npos; ++i)
      field = line.find(' ', field + 1);
    if (field != line.npos)
      last_.threads = std::stoul(line.substr(field));
  }
  return last_;
}

} // namespace tessera
