// The newest that there is to tell, made once for all pages. Each page takes what it does not know
// yet, and skips what it missed.
#pragma once
#include <chrono>
#include <condition_variable>
#include <memory>
#include <mutex>
#include <string>

#include "serving/desk.hpp"
namespace nnrun::host {

/// What a page was told: numbers of texts and rows.
struct Told {
  std::uint64_t hello = 0, frame = 0, answers = 0, curve = 0, news = 0;
  std::size_t rows = 0;
};

class Broadcast {
 public:
  static constexpr int most_pages = 8;

  // of the thread that looks
  /// Begins anew: with another network, what was told before is of no use.
  void set_start(const std::string& hello, const std::string& points);
  /// Takes the reports since the last call; all: these are all that there are.
  void take(std::vector<CurveRow> rows, bool all);
  void set_frame(std::string json);
  void set_answers(std::string json);
  /// Tells of something once: to pages that are there, and to those that come.
  void set_news(const std::string& name, const std::string& json);
  /// Waits until a page is there. Returns false if it was closed.
  bool wait_for_page();
  /// Waits until then, or until it was closed.
  void rest_until(std::chrono::steady_clock::time_point then);

  // of pages
  bool come();  ///< returns false if there are too many
  void leave();
  /// Returns events for a page. If there are none for two seconds, a comment, so that a page that
  /// was closed is noticed; nothing if it was closed.
  std::string news(Told& told);

  /// Waits until all pages have left, for some seconds at most.
  void wait_until_left();
  void close();
  bool is_closed() const;

 private:
  std::string curve_event(Told& told) const;

  mutable std::mutex mutex_;
  std::condition_variable changed_;
  bool closed_ = false;
  int pages_ = 0;
  std::string start_, news_;
  std::shared_ptr<const std::string> frame_, answers_;
  std::uint64_t start_number_ = 0, frame_number_ = 0, answers_number_ = 0, curve_number_ = 1,
                news_number_ = 0;
  std::vector<CurveRow> rows_;
  std::uint64_t every_ = 1;  // of so many epochs, one is a row
};

}  // namespace nnrun::host
