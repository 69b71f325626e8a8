#include <algorithm>
#include <nnrun/csv_column.hpp>
#include <nnrun/gzip_input.hpp>

#include "cli/first_row.hpp"
#include "cli/table_profile.hpp"
namespace nnrun::host {
namespace {

/// Looks for a number whose thousands could be a fraction: no number of the file has more than one
/// separator, or a fraction, which would tell.
class ThousandsInDoubt {
 public:
  explicit ThousandsInDoubt(const NumberFormat& how)
      : how_(how), is_shown_(how.thousands != ',' && how.thousands != '.') {}

  void look_at(const CsvReader& rows) {
    for (std::size_t at = 0; at < rows.names().size() && !is_shown_; ++at) {
      const std::string_view field = rows.field(at);
      const auto separators = std::ranges::count(field, how_.thousands);
      const bool has_fraction = field.find(how_.decimal) != field.npos;
      if ((separators == 0 && !has_fraction) || !rows.is_number(at)) continue;
      is_shown_ = separators > 1 || has_fraction;
      if (number_.empty()) number_ = field;
    }
  }
  std::string number() const { return is_shown_ ? std::string() : number_; }

 private:
  const NumberFormat& how_;
  bool is_shown_;
  std::string number_;
};

}  // namespace

TableProfile read_table(const std::string& file, const CsvFormat& format,
                        const std::vector<char>& decimals) {
  GzipInput in(file);
  CsvFormat any = format;
  any.names_once = false;
  CsvReader rows(in, file, any);
  TableProfile profile{.file = file, .format = format};
  profile.format.separator = rows.separator();
  for (const std::string& name : rows.names()) profile.columns.push_back({.name = name});
  for (std::size_t i = 0; i < decimals.size(); ++i)
    if (decimals[i] != '\0')
      profile.columns[i].format = format_of_column(format.numbers, decimals[i]);
  if (format.header && rows.names_are_numbers()) {
    if (names_count(profile))
      profile.doubt_of_names = "the first row counts the columns, " + profile.columns[0].name +
                               ", " + profile.columns[1].name +
                               ", …, and is taken for an example: if it is none, take it out";
    profile.format.header = false;
    rows.take_names_as_row();
    for (std::size_t i = 0; i < profile.columns.size(); ++i)
      profile.columns[i].name = rows.names()[i];
  }
  std::unordered_set<std::string> names;
  for (const ColumnProfile& column : profile.columns)
    if (!names.insert(column.name).second) profile.shared_names.insert(column.name);
  ThousandsInDoubt thousands(format.numbers);
  TotalRows totals;
  std::vector<double> numbers(profile.columns.size());
  while (rows.next()) {
    if (profile.format.header && profile.columns.size() > 1 && rows.are_names()) {
      if (profile.names_again.empty()) profile.names_again = rows.place();
      continue;
    }
    thousands.look_at(rows);
    for (std::size_t i = 0; i < profile.columns.size(); ++i)
      numbers[i] = profile.columns[i].take(rows, i, profile.rows);
    totals.take(rows, numbers, profile.rows);
    ++profile.rows;
  }
  profile.doubtful_thousands = thousands.number();
  profile.totals = totals.found();
  profile.comments = rows.words_on_lines();
  profile.has_row_names = rows.has_row_names();
  if (profile.rows == 0) throw nnrun::Error("has column names, but no examples", file);
  require_names(profile);
  return profile;
}

}  // namespace nnrun::host
