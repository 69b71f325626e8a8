#include "serving/live_page.hpp"

#include "report/page_text.hpp"
#include "serving/live_files.hpp"
namespace nnrun::host {

LivePage live_page(const std::string& title) {
  // the page itself says the same, for it works from a disk, too; there nothing says who may frame
  // it
  const std::string policy =
      "default-src 'none'; script-src '" + policy_hash(live_files::script()) + "'; style-src '" +
      policy_hash(live_files::style()) +
      "'; connect-src 'self'; img-src data:; base-uri 'none'; form-action 'none'";
  return {filled_page(live_files::html(), {{"@POLICY@", policy},
                                           {"@TITLE@", "nnrun live: " + html_text(title)},
                                           {"@STYLE@", live_files::style()},
                                           {"@SCRIPT@", live_files::script()}}),
          policy + "; frame-ancestors 'none'"};
}

}  // namespace nnrun::host
