// The page that shows a run while it trains, as one file.
#pragma once
#include <string>
namespace nnrun::host {

struct LivePage {
  std::string html;
  std::string policy;  ///< what the page may load and run, for the header of the answer
};

LivePage live_page(const std::string& title);

}  // namespace nnrun::host
