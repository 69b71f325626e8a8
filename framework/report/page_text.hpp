// The text of a page: one HTML file that contains its style and its script.
#pragma once
#include <span>
#include <string>
#include <string_view>
#include <utility>
namespace nnrun::host {

/// Returns text as HTML shows it.
std::string html_text(std::string_view text);

/// Returns `sha256-…` in base64, as a content security policy identifies a script.
std::string policy_hash(std::string_view text);

/// Returns the page with its marks, such as @TITLE@, replaced. parts: in the order of the marks.
std::string filled_page(std::string_view page,
                        std::initializer_list<std::pair<std::string_view, std::string_view>> parts);

}  // namespace nnrun::host
