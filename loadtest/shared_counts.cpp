#include "loadtest/shared_counts.hpp"

#include <sys/mman.h>

#include <new>

namespace tessera::loadtest {

namespace {

/// What one process counts; its slots follow.
struct head {
  live_counts live;
  run_tally totals;
};

/// Parts begin on lines of the processor's cache of their own.
constexpr std::size_t alignment = 64;

constexpr std::size_t aligned(std::size_t size) noexcept {
  return (size + alignment - 1) / alignment * alignment;
}

constexpr std::size_t heads_size = aligned(sizeof(head));

} // namespace

void shared_counts::unmap::operator()(std::byte* memory) const noexcept {
  ::munmap(memory, size);
}

shared_counts::shared_counts(std::size_t processes, std::chrono::nanoseconds run)
    : processes_(processes), slots_(slot_count(run)), part_size_(heads_size + aligned(slots_ * sizeof(slot_tally))),
      memory_(nullptr, unmap{0}) {
  auto size = alignment + processes * part_size_;
  auto* memory = ::mmap(nullptr, size, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
  if (memory == MAP_FAILED)
    throw std::bad_alloc{};
  memory_ = {static_cast<std::byte*>(memory), unmap{size}};
  new (memory_.get()) std::atomic<bool>{false};
  for (std::size_t i = 0; i < processes; ++i) {
    new (part(i)) head{};
    for (std::size_t slot = 0; slot < slots_; ++slot)
      new (part(i) + heads_size + slot * sizeof(slot_tally)) slot_tally{};
  }
}

std::byte* shared_counts::part(std::size_t process) const noexcept {
  return memory_.get() + alignment + process * part_size_;
}

worker_counts shared_counts::of(std::size_t process) const noexcept {
  auto& first = *std::launder(reinterpret_cast<head*>(part(process)));
  auto* slots = std::launder(reinterpret_cast<slot_tally*>(part(process) + heads_size));
  return {first.live, first.totals, {slots, slots_}};
}

std::atomic<bool>& shared_counts::stopping() const noexcept {
  return *std::launder(reinterpret_cast<std::atomic<bool>*>(memory_.get()));
}

run_tally shared_counts::totals() const {
  run_tally result;
  for (std::size_t i = 0; i < processes_; ++i)
    result.add(of(i).totals);
  return result;
}

std::vector<slot_tally> shared_counts::timeline() const {
  std::vector<slot_tally> result(slots_);
  for (std::size_t i = 0; i < processes_; ++i)
    for (std::size_t slot = 0; slot < slots_; ++slot)
      result[slot].add(of(i).timeline[slot]);
  return result;
}

} // namespace tessera::loadtest
