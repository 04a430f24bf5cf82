#include "tests/support/redis_server.hpp"

#include "tests/support/eventually.hpp"
#include "tests/support/free_port.hpp"

#include <csignal>
#include <fstream>
#include <hiredis/hiredis.h>
#include <iterator>
#include <stdexcept>

namespace tessera::test {
namespace {

using namespace std::chrono_literals;

constexpr auto start_timeout = 30s;
constexpr timeval io_timeout{5, 0};
constexpr int start_attempts = 5;

struct closer {
  void operator()(redisContext* context) const {
    redisFree(context);
  }
  void operator()(redisReply* reply) const {
    freeReplyObject(reply);
  }
};
using context_ptr = std::unique_ptr<redisContext, closer>;
using reply_ptr = std::unique_ptr<redisReply, closer>;

redis_reply convert(const redisReply& from) {
  redis_reply result;
  switch (from.type) {
  case REDIS_REPLY_NIL:
    break;
  case REDIS_REPLY_INTEGER:
    result.kind = redis_reply::kinds::integer;
    result.integer = from.integer;
    break;
  case REDIS_REPLY_ARRAY:
    result.kind = redis_reply::kinds::list;
    for (std::size_t i = 0; i < from.elements; ++i)
      result.items.push_back(convert(*from.element[i]));
    break;
  default:
    result.kind = from.type == REDIS_REPLY_ERROR ? redis_reply::kinds::error : redis_reply::kinds::text;
    result.text.assign(from.str, from.len);
  }
  return result;
}

redis_reply run(redisContext& context, const std::vector<std::string>& words) {
  std::vector<const char*> texts;
  std::vector<std::size_t> sizes;
  for (const auto& word : words) {
    texts.push_back(word.data());
    sizes.push_back(word.size());
  }
  reply_ptr reply{
      static_cast<redisReply*>(redisCommandArgv(&context, static_cast<int>(words.size()), texts.data(), sizes.data()))};
  if (!reply)
    throw std::runtime_error(std::string{"Redis: "} + context.errstr);
  return convert(*reply);
}

} // namespace

redis_server::redis_server(std::string password) : password_(std::move(password)) {
  for (int attempt = 1;; ++attempt) {
    port_ = free_port();
    try {
      start();
      return;
    } catch (const std::runtime_error&) {
      if (attempt == start_attempts)
        throw;
    }
  }
}

redis_server::~redis_server() {
  kill_hard();
}

std::string redis_server::url() const {
  auto account = password_.empty() ? std::string{} : ":" + password_ + "@";
  return "redis://" + account + "127.0.0.1:" + std::to_string(port_);
}

void redis_server::start() {
  std::vector<std::string> arguments{
      "redis-server", "--bind", "127.0.0.1", "--port",    std::to_string(port_),  "--save", "", "--appendonly",
      "no",           "--dir",  dir_.path(), "--pidfile", (dir_ / "pid").string()};
  if (!password_.empty())
    arguments.insert(arguments.end(), {"--requirepass", password_});
  server_.reset();
  server_ = std::make_unique<process>(
      process::options{.arguments = std::move(arguments), .output = dir_ / "log", .working_directory = dir_.path()});
  bool up = eventually(start_timeout, [this] { return !server_->running() || answers(); });
  if (!up || !server_->running())
    throw std::runtime_error("Redis did not start:\n" + log());
}

bool redis_server::answers() {
  try {
    // Another server may have the port, ours then ends.
    auto info = command({"INFO", "server"});
    return info.text.find("process_id:" + std::to_string(server_->pid()) + "\r\n") != std::string::npos;
  } catch (const std::runtime_error&) {
    return false;
  }
}

void redis_server::kill_hard() {
  if (!server_)
    return;
  server_->signal(SIGKILL);
  server_.reset();
}

void redis_server::freeze() {
  server_->freeze();
}

void redis_server::thaw() {
  server_->thaw();
}

void redis_server::restart() {
  start();
}

bool redis_server::running() {
  return server_ && server_->running();
}

redis_reply redis_server::command(const std::vector<std::string>& words) {
  context_ptr context{redisConnectWithTimeout("127.0.0.1", port_, io_timeout)};
  if (!context || context->err != 0)
    throw std::runtime_error(std::string{"cannot reach Redis: "} + (context ? context->errstr : "no memory"));
  redisSetTimeout(context.get(), io_timeout);
  if (!password_.empty()) {
    auto reply = run(*context, {"AUTH", password_});
    if (reply.kind == redis_reply::kinds::error)
      throw std::runtime_error("Redis: " + reply.text);
  }
  return run(*context, words);
}

std::string redis_server::log() const {
  std::ifstream file(dir_ / "log", std::ios::binary);
  return {std::istreambuf_iterator<char>(file), std::istreambuf_iterator<char>()};
}

} // namespace tessera::test
