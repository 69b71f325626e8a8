#include "serving.hpp"

#include <arpa/inet.h>
#include <fcntl.h>
#include <poll.h>
#include <spawn.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <chrono>
#include <csignal>
#include <cstdio>
#include <cstdlib>
#include <fstream>
#include <memory>
#include <stdexcept>
#include <string>
#include <vector>

namespace nnrun::bench {
namespace {

using Clock = std::chrono::steady_clock;

constexpr double seconds_of_round = 1.5, patience = 20;

/// A connection to a port of this machine.
class Line {
 public:
  explicit Line(int port) : socket_(::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0)) {
    sockaddr_in to{};
    to.sin_family = AF_INET;
    to.sin_port = htons(static_cast<std::uint16_t>(port));
    to.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    if (::connect(socket_, reinterpret_cast<const sockaddr*>(&to), sizeof to) != 0)
      throw std::runtime_error("nnrun serve does not answer");
  }
  Line(const Line&) = delete;
  Line& operator=(const Line&) = delete;
  ~Line() { ::close(socket_); }

  void send(const std::string& text) const {
    if (::write(socket_, text.data(), text.size()) != static_cast<ssize_t>(text.size()))
      throw std::runtime_error("nnrun serve takes no request");
  }
  /// Adds what has come within some seconds.
  void take(std::string& to, double seconds) const {
    pollfd there{socket_, POLLIN, 0};
    if (::poll(&there, 1, static_cast<int>(seconds * 1e3)) <= 0) return;
    char bytes[1 << 16];
    if (const ssize_t got = ::read(socket_, bytes, sizeof bytes); got > 0)
      to.append(bytes, static_cast<std::size_t>(got));
  }

 private:
  int socket_;
};

class ServedRun {
 public:
  explicit ServedRun(std::vector<std::string> words) {
    int ends[2];
    if (::pipe2(ends, O_CLOEXEC) != 0) throw std::runtime_error("no pipe");
    std::vector<char*> argv;
    for (std::string& word : words) argv.push_back(word.data());
    argv.push_back(nullptr);
    posix_spawn_file_actions_t actions;
    ::posix_spawn_file_actions_init(&actions);
    ::posix_spawn_file_actions_adddup2(&actions, ends[1], STDOUT_FILENO);
    ::posix_spawn_file_actions_addopen(&actions, STDERR_FILENO, "/dev/null", O_WRONLY, 0);
    ::posix_spawn(&child_, argv[0], &actions, nullptr, argv.data(), environ);
    ::posix_spawn_file_actions_destroy(&actions);
    ::close(ends[1]);
    std::string address;
    for (char c = 0; ::read(ends[0], &c, 1) == 1 && c != '\n';) address += c;
    ::close(ends[0]);
    const std::size_t colon = address.rfind(':'), slash = address.find('/', colon);
    if (!address.starts_with("http://") || slash == address.npos)
      throw std::runtime_error("nnrun serve gives no address");
    port_ = std::stoi(address.substr(colon + 1));
    root_ = address.substr(slash);
  }
  ServedRun(const ServedRun&) = delete;
  ServedRun& operator=(const ServedRun&) = delete;
  ~ServedRun() {
    ::kill(child_, SIGINT);
    ::waitpid(child_, nullptr, 0);
  }

  void command(const std::string& json) const {
    const Line line(port_);
    line.send("POST " + root_ + "command HTTP/1.1\r\nHost: " + host() +
              "\r\nContent-Type: application/json\r\nConnection: close\r\nContent-Length: " +
              std::to_string(json.size()) + "\r\n\r\n" + json);
    std::string answer;
    line.take(answer, patience);
  }
  std::unique_ptr<Line> listen() const {
    auto line = std::make_unique<Line>(port_);
    line->send("GET " + root_ + "events HTTP/1.1\r\nHost: " + host() + "\r\n\r\n");
    return line;
  }
  /// Returns the steps made, as a page is told that comes now.
  double steps() const {
    const auto line = listen();
    const std::string mark = "event: frame\ndata: {\"step\":";
    std::string text;
    for (const auto start = Clock::now();
         std::chrono::duration<double>(Clock::now() - start).count() < patience;) {
      line->take(text, 1);
      const std::size_t last = text.find(mark), at = text.find(mark, last + 1);
      // the first picture is the last that was made, which without a page may be long ago
      if (last != text.npos && at != text.npos && text.find(',', at) != text.npos)
        return std::stod(text.substr(at + mark.size()));
    }
    throw std::runtime_error("nnrun serve tells of no step");
  }
  /// Returns the seconds of a processor that the thread that trains has had.
  double seconds() const {
    const std::string id = std::to_string(child_);
    std::ifstream file("/proc/" + id + "/task/" + id + "/schedstat");
    double nanoseconds = 0;
    file >> nanoseconds;
    return nanoseconds * 1e-9;
  }

 private:
  std::string host() const { return "127.0.0.1:" + std::to_string(port_); }

  pid_t child_ = 0;
  int port_ = 0;
  std::string root_;
};

/// Returns the seconds of a step, of the processor of the thread that trains, while pages listen.
double seconds_of_step(const ServedRun& run, std::size_t pages) {
  std::vector<std::unique_ptr<Line>> lines;
  for (std::size_t i = 0; i < pages; ++i) lines.push_back(run.listen());
  const double steps = run.steps(), seconds = run.seconds();
  std::string text;
  for (const auto start = Clock::now();
       std::chrono::duration<double>(Clock::now() - start).count() < seconds_of_round;) {
    for (const auto& line : lines) line->take(text, 0.005);
    if (lines.empty()) ::usleep(50'000);
    text.clear();
  }
  return (run.seconds() - seconds) / std::max(1., run.steps() - steps);
}

double median(std::vector<double> all) {
  std::ranges::sort(all);
  return all[all.size() / 2];
}

}  // namespace

void serving(const std::filesystem::path& scratch, int rounds, Table& table) {
  struct Net {
    const char *words, *config, *layers;  // layers: before the output; nullptr: the config's
  };
  std::vector nets{Net{"2-4-2-1, the Playground's", "playground/circle.yaml",
                       "{type: dense, units: 4}, {type: dense, units: 2}"},
                   Net{"2-96-96-1, 10^4 parameters", "playground/circle.yaml",
                       "{type: dense, units: 96}, {type: dense, units: 96}"},
                   Net{"2-1000-1000-1, 10^6", "playground/circle.yaml",
                       "{type: dense, units: 1000}, {type: dense, units: 1000}"}};
  if (const char* const data = std::getenv("NNRUN_DATA");
      data != nullptr && std::filesystem::exists(std::filesystem::path(data) / "mnist"))
    nets.push_back({"784-30-10, Nielsen's of MNIST", "nielsen/cross-entropy-30.yaml", nullptr});
  std::printf(
      "\nA run that is served, at full speed: processor time of the training thread, a step\n");
  int number = 0;
  for (const Net& net : nets) {
    std::vector<std::string> words{NNRUN_PROGRAM,
                                   "serve",
                                   std::string(NNRUN_SOURCE_DIR "/configs/") + net.config,
                                   "--out",
                                   (scratch / ("served" + std::to_string(number++))).string(),
                                   "--threads",
                                   "1",
                                   "--set",
                                   "train.epochs=1000000000"};
    if (net.layers != nullptr)
      words.insert(words.end(), {"--set", std::string("model.layers=[") + net.layers +
                                              ", {type: dense, units: 1}]"});
    const ServedRun run(words);
    run.command(R"({"do": "speed", "epochs_per_second": 0})");
    run.command(R"({"do": "play"})");
    seconds_of_step(run, 0);  // all memory was touched then
    std::array<std::vector<double>, 3> of_pages;
    for (int round = 0; round < std::min(rounds, 7); ++round)
      for (std::size_t pages = 0; pages < of_pages.size(); ++pages)
        of_pages[pages].push_back(seconds_of_step(run, pages));
    const double none = median(of_pages[0]), one = median(of_pages[1]), two = median(of_pages[2]);
    std::printf("  %-28s no page %10s   one %s   two %s\n", net.words, time_text(none).c_str(),
                times_text(one / none).c_str(), times_text(two / none).c_str());
    table.add(std::string("served, no page looks: ") + net.words, time_text(none) + " a step", "",
              "one page " + times_text(one / none) + ", two " + times_text(two / none));
  }
}

}  // namespace nnrun::bench
