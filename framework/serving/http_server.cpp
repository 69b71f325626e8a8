// The one file that knows cpp-httplib, built as a library of its own. Its traps: it reads a body
// without a length to its end, so requests are judged before; it shares ports with other programs
// unless told not to; a stream holds a thread for its life; its macros for limits do nothing where
// it was compiled already; it makes SIGPIPE ignored, which this program does anyway.
#include <httplib.h>
#include <netinet/in.h>
#include <sys/resource.h>
#include <sys/socket.h>

#include <atomic>
#include <chrono>
#include <thread>

#include "serving/http_library.hpp"
namespace nnrun::host {
namespace {

constexpr std::size_t other_threads = 4;  // than those of streams: a command always finds one
constexpr const char* own_address = "127.0.0.1";
constexpr const char* event_stream = "text/event-stream";
constexpr int seconds_to_send = 5;  // to a page that does not read
constexpr auto time_to_finish =
    std::chrono::milliseconds(300);  // what is being answered in the end
constexpr auto between_looks = std::chrono::milliseconds(20);

RequestHead head_of(const httplib::Request& request) {
  RequestHead head{.method = request.method, .path = request.path};
  const auto take = [&](const char* name, std::size_t& count, std::string_view& first) {
    count = request.get_header_value_count(name);
    if (count > 0) first = request.headers.equal_range(name).first->second;
  };
  std::size_t types = 0;
  std::string_view encoding;
  take("Host", head.hosts, head.host);
  take("Origin", head.origins, head.origin);
  take("Content-Length", head.lengths, head.length);
  take("Transfer-Encoding", head.encodings, encoding);
  take("Content-Type", types, head.type);
  return head;
}

void set(httplib::Response& response, const HttpAnswer& answer) {
  response.status = answer.status;
  if (!answer.policy.empty()) response.set_header("Content-Security-Policy", answer.policy);
  if (!answer.type.empty()) response.set_content(answer.text, answer.type);
}

/// Shuts this program's connections to a port of it. The library keeps no list of them, and waits
/// for a request as long as its bytes come, however slowly.
void shut_connections(int port) {
  rlimit most{};
  ::getrlimit(RLIMIT_NOFILE, &most);
  const int end = static_cast<int>(std::min<rlim_t>(most.rlim_cur, 65536));
  for (int socket = 0; socket < end; ++socket) {
    sockaddr_in own{};
    socklen_t size = sizeof own;
    if (::getsockname(socket, reinterpret_cast<sockaddr*>(&own), &size) == 0 &&
        own.sin_family == AF_INET && ntohs(own.sin_port) == port)
      ::shutdown(socket, SHUT_RDWR);
  }
}

class Server final : public HttpServer {
 public:
  Server(unsigned port, std::size_t streams, HttpAnswers& answers) : answers_(answers) {
    server_.set_socket_options([](socket_t socket) {
      const int yes = 1;  // not REUSEPORT, by which two programs would share a port
      ::setsockopt(socket, SOL_SOCKET, SO_REUSEADDR, &yes, sizeof yes);
    });
    if (port == 0)
      port_ = server_.bind_to_any_port(own_address);
    else
      port_ =
          server_.bind_to_port(own_address, static_cast<int>(port)) ? static_cast<int>(port) : -1;
    set_limits(streams + other_threads);
    set_answers();
  }
  ~Server() override {
    server_.stop();
    if (!thread_.joinable()) return;
    for (const auto start = Clock::now(); !has_ended_; std::this_thread::sleep_for(between_looks))
      if (Clock::now() - start > time_to_finish) shut_connections(port_);
    thread_.join();
  }
  Server(const Server&) = delete;
  Server& operator=(const Server&) = delete;

  bool is_bound() const { return port_ > 0; }
  unsigned port() const override { return static_cast<unsigned>(port_); }
  void run() override {
    thread_ = std::thread([this] {
      server_.listen_after_bind();
      has_ended_ = true;
    });
    while (!server_.is_running()) std::this_thread::yield();  // a stop before that is forgotten
  }
  void stop() override { server_.stop(); }

 private:
  using Clock = std::chrono::steady_clock;

  void set_limits(std::size_t threads) {
    server_.new_task_queue = [threads] { return new httplib::ThreadPool(threads); };
    server_.set_tcp_nodelay(true);
    server_.set_payload_max_length(most_body);
    server_.set_keep_alive_timeout(1);
    server_.set_read_timeout(1);
    server_.set_write_timeout(seconds_to_send);
    server_.set_keep_alive_max_count(10'000);
    server_.set_default_headers({{"Cache-Control", "no-store"},
                                 {"Referrer-Policy", "no-referrer"},
                                 {"X-Content-Type-Options", "nosniff"}});
  }
  void set_answers() {
    server_.set_pre_routing_handler([this](const auto& request, auto& response) {
      const int status = answers_.refusal(head_of(request));
      if (status == 0) return httplib::Server::HandlerResponse::Unhandled;
      const char* const text =
          status == 403 ? "refused: open the address as 'nnrun serve' wrote it, by 127.0.0.1\n"
                        : "refused\n";
      set(response, {.status = status, .text = text, .type = "text/plain"});
      response.set_header("Connection", "close");
      if (status == 405) response.set_header("Allow", methods);
      return httplib::Server::HandlerResponse::Handled;
    });
    server_.Get(".*", [this](const auto& request, auto& response) {
      if (answers_.is_stream(request.path) && request.method == "HEAD")
        set(response, {.status = 200, .type = event_stream});  // nobody listens
      else if (answers_.is_stream(request.path))
        stream(response);
      else
        set(response, answers_.get(request.path));
    });
    server_.Post(".*", [this](const auto& request, auto& response) {
      set(response, answers_.post(request.path, request.body));
    });
  }
  void stream(httplib::Response& response) {
    std::shared_ptr<EventStream> events = answers_.listen();
    if (!events)
      return set(response,
                 {.status = 503, .text = "too many pages are open\n", .type = "text/plain"});
    response.set_chunked_content_provider(
        event_stream, [events](std::size_t, httplib::DataSink& sink) {
          const std::string text = events->next();
          return !text.empty() && sink.is_writable() && sink.write(text.data(), text.size());
        });
  }

  HttpAnswers& answers_;
  httplib::Server server_;
  int port_ = -1;
  std::atomic<bool> has_ended_ = false;
  std::thread thread_;
};

}  // namespace
}  // namespace nnrun::host

extern "C" __attribute__((visibility("default"))) nnrun::host::HttpServer* nnrun_http_server(
    unsigned port, std::size_t streams, nnrun::host::HttpAnswers& answers) {
  auto server = std::make_unique<nnrun::host::Server>(port, streams, answers);
  return server->is_bound() ? server.release() : nullptr;
}
