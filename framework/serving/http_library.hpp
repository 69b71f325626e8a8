// What the program and the library that speaks HTTP know of each other. That library is apart, for
// what it needs takes longer to load than a whole run of the article's network.
#pragma once
#include <memory>
#include <string>

#include "serving/guard.hpp"
namespace nnrun::host {

struct HttpAnswer {
  int status = 204;
  std::string text{}, type{};
  std::string policy{};  ///< of content security; empty: none
};

/// One that listens to events. Each call waits for the next.
class EventStream {
 public:
  virtual ~EventStream() = default;
  /// Returns what to send; empty: it is over.
  virtual std::string next() = 0;
};

/// What answers requests; called by many threads.
class HttpAnswers {
 public:
  virtual ~HttpAnswers() = default;
  /// Returns the status of a refusal, before the body is read, or 0.
  virtual int refusal(const RequestHead& head) const = 0;
  virtual HttpAnswer get(const std::string& path) = 0;
  virtual HttpAnswer post(const std::string& path, const std::string& body) = 0;
  /// Returns whether a GET of this path is a stream of events.
  virtual bool is_stream(const std::string& path) const = 0;
  /// Returns a new stream; nullptr if there are too many.
  virtual std::unique_ptr<EventStream> listen() = 0;
};

class HttpServer {
 public:
  /// Waits a moment for the requests that are being answered, then shuts what is open.
  virtual ~HttpServer() = default;
  virtual unsigned port() const = 0;
  virtual void run() = 0;   ///< starts to answer; once
  virtual void stop() = 0;  ///< takes no more requests; returns at once
};

/// Listens on 127.0.0.1. port: 0 takes a free one. streams: how many there may be. Returns nullptr
/// if the port cannot be had. The name under which the library has this is `nnrun_http_server`.
using MakeHttpServer = HttpServer* (*)(unsigned port, std::size_t streams, HttpAnswers& answers);

}  // namespace nnrun::host
