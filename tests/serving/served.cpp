#include "serving/served.hpp"

#include <arpa/inet.h>
#include <fcntl.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#include <catch2/catch.hpp>
#include <chrono>
#include <csignal>
#include <thread>
namespace nnrun::testing {

namespace {
sockaddr_in local(int port) {
  sockaddr_in to{};
  to.sin_family = AF_INET;
  to.sin_port = htons(static_cast<std::uint16_t>(port));
  to.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  return to;
}
}  // namespace

Wire Wire::if_heard(int port) {
  Wire wire;
  wire.socket_ = ::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
  const sockaddr_in to = local(port);
  const timeval patience{10, 0};
  ::setsockopt(wire.socket_, SOL_SOCKET, SO_RCVTIMEO, &patience, sizeof patience);
  if (::connect(wire.socket_, reinterpret_cast<const sockaddr*>(&to), sizeof to) != 0)
    ::close(std::exchange(wire.socket_, -1));
  return wire;
}
Wire::Wire(int port) : Wire(if_heard(port)) {
  REQUIRE(socket_ >= 0);
}
Wire::Wire(Wire&& other) noexcept : socket_(std::exchange(other.socket_, -1)) {}
Wire::~Wire() {
  if (socket_ >= 0) ::close(socket_);
}
void Wire::send(const std::string& bytes) const {
  // a server that refuses may close before it has read all
  for (std::size_t at = 0; at < bytes.size();) {
    const ssize_t sent = ::send(socket_, bytes.data() + at, bytes.size() - at, MSG_NOSIGNAL);
    if (sent <= 0) return;
    at += static_cast<std::size_t>(sent);
  }
}
std::string Wire::read(const std::string& end) const {
  std::string text;
  char some[65536];
  for (;;) {
    const ssize_t got = ::recv(socket_, some, sizeof some, 0);
    if (got <= 0) return text;
    text.append(some, static_cast<std::size_t>(got));
    if (!end.empty() && text.ends_with(end)) return text;
  }
}

Served::Served(const std::string& words, const std::filesystem::path& folder) {
  int out[2];
  REQUIRE(::pipe2(out, O_CLOEXEC) == 0);
  const std::string line = "exec '" NNRUN_BUILD_DIR "/nnrun' serve " + words + " 2>err";
  child_ = ::fork();
  if (child_ == 0) {
    ::dup2(out[1], 1);
    if (::chdir(folder.c_str()) == 0) ::execl("/bin/sh", "sh", "-c", line.c_str(), nullptr);
    ::_exit(127);
  }
  ::close(out[1]);
  for (char c = 0; ::read(out[0], &c, 1) == 1 && c != '\n';) address_ += c;
  ::close(out[0]);
  INFO(text_of(folder / "err"));
  take(address_);
}
Served::Served(const std::string& address) {
  take(address);
  for (int tries = 0; tries < 600 && !answers(); ++tries)
    std::this_thread::sleep_for(std::chrono::milliseconds(50));
  REQUIRE(answers());
}
bool Served::answers() const {
  const Wire wire = Wire::if_heard(port_);  // who listens now may have ended the next moment
  wire.send("GET " + root_ + " HTTP/1.1\r\nHost: " + host() + "\r\nConnection: close\r\n\r\n");
  return wire.read().starts_with("HTTP/1.1 200 ");
}
void Served::kill() {
  ::kill(child_, SIGKILL);
  ::waitpid(child_, nullptr, 0);
  child_ = -1;
}
void Served::take(const std::string& address) {
  address_ = address;
  REQUIRE(address_.starts_with("http://127.0.0.1:"));
  const std::size_t colon = address_.rfind(':'), slash = address_.find('/', colon);
  port_ = std::stoi(address_.substr(colon + 1));
  root_ = address_.substr(slash);
}
Served::~Served() {
  if (child_ <= 0) return;
  ::kill(child_, SIGKILL);
  ::waitpid(child_, nullptr, 0);
}
std::string Served::answer(const std::string& bytes) const {
  const Wire wire(port_);
  wire.send(bytes);
  return wire.read();
}
int Served::command(const std::string& json) const {
  return status_of(answer("POST " + root_ + "command HTTP/1.1\r\nHost: " + host() +
                          "\r\nContent-Type: application/json\r\nConnection: close\r\n"
                          "Content-Length: " +
                          std::to_string(json.size()) + "\r\n\r\n" + json));
}
Wire Served::listen() const {
  Wire wire(port_);
  wire.send("GET " + root_ + "events HTTP/1.1\r\nHost: " + host() + "\r\n\r\n");
  return wire;
}
std::pair<int, double> Served::interrupt() {
  const auto start = std::chrono::steady_clock::now();
  ::kill(child_, SIGINT);
  int status = 0;
  ::waitpid(child_, &status, 0);
  child_ = -1;
  const std::chrono::duration<double> took = std::chrono::steady_clock::now() - start;
  return {WIFEXITED(status) ? WEXITSTATUS(status) : -1, took.count()};
}

nlohmann::json EventReader::next(const std::string& name) {
  const std::string start = "event: " + name + "\ndata: ";
  for (;;) {
    // chunks are of whole events: the lines between them hold their sizes
    const std::size_t at = text_.find(start), end = text_.find("\n\n", at);
    if (at != text_.npos && end != text_.npos) {
      const std::string data = text_.substr(at + start.size(), end - at - start.size());
      text_.erase(0, end + 2);
      return nlohmann::json::parse(data);
    }
    const std::string more = wire_.read("\n\n\r\n");
    REQUIRE_FALSE(more.empty());
    text_ += more;
  }
}

int status_of(const std::string& answer) {
  return answer.starts_with("HTTP/1.1 ") ? std::stoi(answer.substr(9, 3)) : 0;
}

std::vector<unsigned char> bytes_of(const std::string& base64) {
  static const std::string letters =
      "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
  std::vector<unsigned char> bytes;
  unsigned bits = 0, count = 0;
  for (const char c : base64) {
    if (c == '=') break;
    bits = bits << 6 | static_cast<unsigned>(letters.find(c));
    if ((count += 6) < 8) continue;
    count -= 8;
    bytes.push_back(static_cast<unsigned char>(bits >> count));
  }
  return bytes;
}

}  // namespace nnrun::testing
