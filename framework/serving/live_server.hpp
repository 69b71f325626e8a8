// The page's address on this machine.
#pragma once
#include <memory>
#include <string>

#include "serving/broadcast.hpp"
namespace nnrun::host {

class LiveServer {
 public:
  /// Listens on 127.0.0.1, for whoever has the address. port: 0 takes a free one. token: that lets
  /// in. Keeps references. Throws UsageError if the port cannot be had, or what it needs was not
  /// there when this program was built.
  static std::unique_ptr<LiveServer> start(unsigned port, const std::string& token,
                                           const std::string& title, Desk& desk,
                                           Broadcast& broadcast);
  virtual ~LiveServer() = default;  ///< closes the broadcast

  /// Returns the address of the page, with the token that lets in.
  virtual std::string address() const = 0;
  virtual unsigned port() const = 0;
  /// Takes no more requests. Returns at once.
  virtual void stop() = 0;
};

/// Returns the address of a page with this token.
std::string page_address(unsigned port, const std::string& token);

}  // namespace nnrun::host
