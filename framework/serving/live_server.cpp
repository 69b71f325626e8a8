#include "serving/live_server.hpp"

#include <dlfcn.h>

#include <filesystem>

#include "base/commands.hpp"
#include "base/error.hpp"
#include "base/files.hpp"
#include "serving/http_library.hpp"
#include "serving/live_page.hpp"
namespace nnrun::host {
namespace {

constexpr const char *library_name = "nnrun_http.so", *plain_text = "text/plain; charset=utf-8";

/// Returns the function that makes servers. The library stays loaded.
MakeHttpServer load_library() {
  for (const std::filesystem::path& file :
       own_places(library_name, std::string("lib/nnrun/") + library_name)) {
    std::error_code none;
    if (!std::filesystem::exists(file, none)) continue;
    void* const library = ::dlopen(file.c_str(), RTLD_NOW | RTLD_LOCAL);
    if (library == nullptr)
      throw UsageError(
          Problem{.what = std::string("cannot load what 'serve' needs: ") + ::dlerror(),
                  .hint = "apt-get install libcpp-httplib-dev"});
    return reinterpret_cast<MakeHttpServer>(::dlsym(library, "nnrun_http_server"));
  }
  throw UsageError(
      Problem{.what = "this nnrun was built without cpp-httplib, which 'serve' needs",
              .hint = "apt-get install libcpp-httplib-dev pkg-config, and build again"});
}

class Events final : public EventStream {
 public:
  explicit Events(Broadcast& broadcast) : broadcast_(broadcast) {}
  ~Events() override { broadcast_.leave(); }
  Events(const Events&) = delete;
  Events& operator=(const Events&) = delete;
  std::string next() override { return broadcast_.news(told_); }

 private:
  Broadcast& broadcast_;
  Told told_;
};

/// No path of a request ever leads to a file: there are three paths.
class LiveServerOnHttp final : public LiveServer, private HttpAnswers {
 public:
  LiveServerOnHttp(unsigned port, const std::string& token, const std::string& title, Desk& desk,
                   Broadcast& broadcast)
      : desk_(desk),
        broadcast_(broadcast),
        page_(live_page(title)),
        root_("/" + token + "/"),
        server_(load_library()(port, Broadcast::most_pages, *this)) {
    if (!server_)
      throw UsageError(
          Problem{.what = "port " + std::to_string(port) + " cannot be had: it is in use",
                  .hint = "--port 0 takes a free one"});
    own_ = "127.0.0.1:" + std::to_string(server_->port());
    server_->run();
  }

  ~LiveServerOnHttp() override { broadcast_.close(); }  // or streams would go on
  LiveServerOnHttp(const LiveServerOnHttp&) = delete;
  LiveServerOnHttp& operator=(const LiveServerOnHttp&) = delete;

  std::string address() const override { return "http://" + own_ + root_; }
  unsigned port() const override { return server_->port(); }
  void stop() override { server_->stop(); }

 private:
  int refusal(const RequestHead& head) const override { return host::refusal(head, own_, root_); }
  HttpAnswer get(const std::string& path) override {
    if (path != root_) return {.status = 404, .text = "not found\n", .type = plain_text};
    return {.status = 200,
            .text = page_.html,
            .type = "text/html; charset=utf-8",
            .policy = page_.policy};
  }
  HttpAnswer post(const std::string& path, const std::string& body) override {
    if (path != root_ + "command")
      return {.status = 404, .text = "not found\n", .type = plain_text};
    try {
      const Command command = read_command(body);
      if (!command.may_be_refused()) {
        desk_.send(command);
        return {};
      }
      const std::string refusal = desk_.ask(command);
      if (refusal.empty()) return {};
      return {.status = 422, .text = refusal + "\n", .type = plain_text};
    } catch (const Error& error) {
      return {.status = 400, .text = refusal_text(error) + "\n", .type = plain_text};
    }
  }
  bool is_stream(const std::string& path) const override { return path == root_ + "events"; }
  std::unique_ptr<EventStream> listen() override {
    return broadcast_.come() ? std::make_unique<Events>(broadcast_) : nullptr;
  }

  Desk& desk_;
  Broadcast& broadcast_;
  LivePage page_;
  std::string root_, own_;
  std::unique_ptr<HttpServer> server_;  // the last, for it uses all others
};

}  // namespace

std::unique_ptr<LiveServer> LiveServer::start(unsigned port, const std::string& token,
                                              const std::string& title, Desk& desk,
                                              Broadcast& broadcast) {
  return std::make_unique<LiveServerOnHttp>(port, token, title, desk, broadcast);
}

std::string page_address(unsigned port, const std::string& token) {
  return "http://127.0.0.1:" + std::to_string(port) + "/" + token + "/";
}

}  // namespace nnrun::host
