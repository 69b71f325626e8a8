// A program that serves a page, and bytes that are sent to it.
#pragma once
#include <nlohmann/json.hpp>
#include <string>
#include <vector>

#include "support/program.hpp"
namespace nnrun::testing {

/// A connection to a port of this machine, closed in the end.
class Wire {
 public:
  explicit Wire(int port);
  /// Returns one on which nothing can be sent or read if nobody listens at the port.
  static Wire if_heard(int port);
  Wire(Wire&& other) noexcept;
  Wire& operator=(Wire&&) = delete;
  ~Wire();
  void send(const std::string& bytes) const;
  /// Returns what comes until the other side closes, or the text ends with `end` if that is not
  /// empty, or nothing comes for some seconds.
  std::string read(const std::string& end = "") const;

 private:
  Wire() = default;
  int socket_ = -1;
};

class Served {
 public:
  /// Starts `nnrun serve WORDS` in a folder and reads the address.
  Served(const std::string& words, const std::filesystem::path& folder);
  /// Takes the address of a program that another one starts, and waits until it answers.
  explicit Served(const std::string& address);
  Served(const Served&) = delete;
  Served& operator=(const Served&) = delete;
  ~Served();

  const std::string& address() const { return address_; }
  int port() const { return port_; }
  std::string host() const { return "127.0.0.1:" + std::to_string(port_); }
  const std::string& root() const { return root_; }  ///< `/token/`

  /// Returns the whole answer to some bytes.
  std::string answer(const std::string& bytes) const;
  /// Sends a command as a page does, and returns the status.
  int command(const std::string& json) const;
  /// Opens a stream of events.
  Wire listen() const;
  /// Sends SIGINT and waits; returns the exit status, and the seconds it took.
  std::pair<int, double> interrupt();
  /// Ends it as `kill -9` does.
  void kill();
  /// Returns whether somebody answers at its port.
  bool answers() const;

 private:
  void take(const std::string& address);

  int child_ = -1, port_ = 0;
  std::string address_, root_;
};

/// The events of a stream, as far as they were read.
class EventReader {
 public:
  explicit EventReader(const Served& served) : wire_(served.listen()) {}
  /// Returns the data of the next event of this name.
  nlohmann::json next(const std::string& name);
  /// Returns the next picture of which this holds.
  template <class F>
  nlohmann::json frame(F holds) {
    for (;;)
      if (nlohmann::json frame = next("frame"); holds(frame)) return frame;
  }

 private:
  Wire wire_;
  std::string text_;
};

int status_of(const std::string& answer);
std::vector<unsigned char> bytes_of(const std::string& base64);

}  // namespace nnrun::testing
